// An ELF file: what goes into flash, and where in RAM the log's buffer and the stack are.

import { readFileSync } from 'node:fs';

const FLASH = 0x10000000;
const FLASH_END = 0x11000000;
const LOAD = 1;
const SYMBOLS = 2;

/** Reads an ELF file of 32 bits, little-endian. */
export function read(path) {
  const bytes = readFileSync(path);
  const at = (offset) => bytes.readUInt32LE(offset);
  const segments = [];
  for (let i = 0; i < bytes.readUInt16LE(44); i++) {
    const header = at(28) + i * bytes.readUInt16LE(42);
    const [offset, address, length] = [at(header + 4), at(header + 12), at(header + 16)];
    if (at(header) === LOAD && address >= FLASH && address < FLASH_END) {
      segments.push({ place: address - FLASH, data: bytes.subarray(offset, offset + length) });
    }
  }
  const variables = symbol(bytes, '__sheap');
  const stack = { end: variables, start: symbol(bytes, '_stack_start') };
  return { segments, rtt: symbol(bytes, '_SEGGER_RTT'), stack };
}

function symbol(bytes, name) {
  const at = (offset) => bytes.readUInt32LE(offset);
  const section = (i) => at(32) + i * bytes.readUInt16LE(46);
  for (let i = 0; i < bytes.readUInt16LE(48); i++) {
    if (at(section(i) + 4) !== SYMBOLS) continue;
    const [start, length, link] = [at(section(i) + 16), at(section(i) + 20), at(section(i) + 24)];
    const names = at(section(link) + 16);
    for (let entry = start; entry < start + length; entry += 16) {
      const from = names + at(entry);
      if (bytes.toString('latin1', from, bytes.indexOf(0, from)) === name) return at(entry + 4);
    }
  }
  throw new Error(`the image has no symbol ${name}`);
}
