// An LIS3DH on an I2C bus of the chip: its registers, and the acceleration that it is told to feel.

const ADDRESS = 0x18;
const WHO_AM_I = 0x0f;
const OUT_X_L = 0x28;
// In the number of the first register: go on to the next one after each byte.
const INCREMENT = 0x80;

export class Lis3dh {
  #registers = new Uint8Array(0x80);
  #at;
  #addressed = false;

  constructor() {
    this.#registers[WHO_AM_I] = 0x33;
  }

  /** Takes its place on the bus of a chip that has just been switched on. */
  connect(i2c) {
    i2c.onStart = () => i2c.completeStart();
    i2c.onConnect = (address) => {
      // The first byte that is written names the register.
      this.#addressed = true;
      i2c.completeConnect(address === ADDRESS);
    };
    i2c.onWriteByte = (byte) => {
      if (this.#addressed) {
        this.#at = byte;
        this.#addressed = false;
      } else {
        this.#registers[this.#step()] = byte;
      }
      i2c.completeWrite(true);
    };
    i2c.onReadByte = () => i2c.completeRead(this.#registers[this.#step()]);
    i2c.onStop = () => i2c.completeStop();
  }

  /** What x, y and z feel, as 16-bit words of the range. */
  feel(axes) {
    axes.forEach((axis, i) => {
      this.#registers[OUT_X_L + 2 * i] = axis & 0xff;
      this.#registers[OUT_X_L + 2 * i + 1] = (axis >> 8) & 0xff;
    });
  }

  #step() {
    const register = this.#at & 0x7f;
    if (this.#at & INCREMENT) this.#at = INCREMENT | ((register + 1) & 0x7f);
    return register;
  }
}
