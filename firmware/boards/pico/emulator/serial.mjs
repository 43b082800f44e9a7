// A UART of the chip as a TCP port of this machine, for one desktop at a time.

import { createServer } from 'node:net';
import { setImmediate } from 'node:timers/promises';

export class Serial {
  #waiting = [];
  #uart;
  #desktop;

  /** Takes the UART of a chip that has just been switched on: bytes that came before are lost. */
  connect(uart) {
    this.#waiting = [];
    this.#uart = uart;
    uart.onByte = (byte) => this.#desktop?.write(Uint8Array.of(byte));
  }

  /** Listens; the number of the port. */
  listen(port) {
    const server = createServer((desktop) => {
      this.#desktop?.destroy();
      this.#desktop = desktop;
      desktop.setNoDelay(true);
      desktop.on('data', (bytes) => this.#waiting.push(...bytes));
      // One that goes without a word, or another that has taken its place.
      desktop.on('error', () => {});
    });
    return new Promise((resolve, reject) => {
      server.on('error', reject);
      server.listen(port, '127.0.0.1', () => resolve(server.address().port));
    });
  }

  /** Hands the chip what has come, as far as its FIFO goes, and lets the sockets have their turn. */
  async turn() {
    while (this.#waiting.length > 0 && !this.#uart.rxFIFO.full) {
      this.#uart.feedByte(this.#waiting.shift());
    }
    await setImmediate();
  }
}
