// A boot ROM with the few functions that the image calls, in place of the Pico's own, which rp2040js
// does not bring. Each is a breakpoint, at which JavaScript does the work, and a return.

const BKPT = 0xbe00;
const BX_LR = 0x4770;
const LOOKUP = 0x100;
const FUNCTIONS = 0x200;
const FLASH = 0x10000000;

/** What the image looks up by two letters; r0, r1, ... are arguments, r0 is the result. */
const functions = {
  // memcpy44(to, from, bytes)
  C4: (chip, r) => {
    for (let i = 0; i < r[2]; i += 4) chip.writeUint32(r[0] + i, chip.readUint32(r[1] + i));
  },
  // flash_range_erase(from, bytes, ...)
  RE: (chip, r) => {
    chip.flash.fill(0xff, r[0], r[0] + r[1]);
  },
  // flash_range_program(to, data, bytes): bits only go from one to zero
  RP: (chip, r) => {
    for (let i = 0; i < r[2]; i++) chip.flash[r[0] + i] &= chip.readUint8(r[1] + i);
  },
  // Where the flash is connected: always, here.
  IF: () => {},
  EX: () => {},
  FC: () => {},
  CX: () => {},
};

/** Puts the ROM into the chip. */
export function install(chip) {
  const names = Object.keys(functions);
  const rom = new DataView(new ArrayBuffer(16 * 1024));
  const stub = (at, number) => {
    rom.setUint16(at, BKPT | number, true);
    rom.setUint16(at + 2, BX_LR, true);
  };
  rom.setUint8(0x13, 2); // version
  rom.setUint16(0x14, FUNCTIONS, true); // the table, which only the lookup below reads
  rom.setUint16(0x18, LOOKUP | 1, true);
  stub(LOOKUP, names.length);
  names.forEach((_, i) => stub(FUNCTIONS + 4 * i, i));
  chip.bootrom.set(new Uint32Array(rom.buffer));

  // The control of the flash's cache, which rp2040js lacks as well: no reading ahead is under way.
  const XIP_CONTROL = 0x14000;
  chip.peripherals[XIP_CONTROL] = {
    readUint32: () => 0,
    writeUint32: () => {},
    writeUint32Atomic: () => {},
  };
  chip.onBreak = (number) => {
    const r = chip.core.registers;
    if (number < names.length) {
      functions[names[number]](chip, r);
      return;
    }
    if (number > names.length) throw new Error(`breakpoint ${number} at ${r[15].toString(16)}`);
    const name = String.fromCharCode(r[1] & 0xff, (r[1] >> 8) & 0xff);
    const found = names.indexOf(name);
    if (found < 0) throw new Error(`the image asks the boot ROM for ${name}`);
    r[0] = (FUNCTIONS + 4 * found) | 1;
  };
}

/** Begins as after the second boot stage: from the vector table behind it. */
export function start(chip) {
  const vectors = FLASH + 0x100;
  chip.core.VTOR = vectors;
  chip.core.reset();
  chip.core.waiting = false;
  chip.core.PM = false;
}
