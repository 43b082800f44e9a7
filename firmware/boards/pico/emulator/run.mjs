// Runs the Pico's own image in rp2040js and gives the bytes of its log, for defmt-print.
//
//   node run.mjs IMAGE [--end MILLIONS] [--cut MILLIONS] | defmt-print -e IMAGE
//
// It ends after so many million instructions. With --cut the power is cut after as many: RAM and
// registers are lost, flash stays, and the board starts again.

import { parseArgs } from 'node:util';
import { RP2040 } from 'rp2040js';
import * as bootRom from './boot-rom.mjs';
import * as image from './image.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    end: { type: 'string', default: '2000' },
    cut: { type: 'string' },
  },
});
const { segments, rtt } = image.read(positionals[0]);
const end = Number(values.end) * 1e6;
let cut = values.cut === undefined ? Infinity : Number(values.cut) * 1e6;
let instructions = 0;

/** A chip at power-on, with this flash. */
function powerOn(flash) {
  const chip = new RP2040();
  chip.logger = { debug() {}, info() {}, warn() {}, error: (_, text) => console.error(text) };
  bootRom.install(chip);
  chip.flash.set(flash);
  // Nobody presses the button: its pin is pulled up.
  chip.gpio[15].setInputValue(true);
  bootRom.start(chip);
  return chip;
}

/** Takes the new bytes out of the ring of the log, and asks it to wait when it is full. */
function log(chip) {
  const ring = rtt + 24;
  const [buffer, size, write, read] = [4, 8, 12, 16].map((at) => chip.readUint32(ring + at));
  if (size === 0 || buffer === 0) return;
  const bytes = [];
  for (let at = read; at !== write; at = (at + 1) % size) bytes.push(chip.readUint8(buffer + at));
  if (bytes.length > 0) process.stdout.write(Buffer.from(bytes));
  chip.writeUint32(ring + 16, write);
  chip.writeUint32(ring + 20, 2);
}

const blank = new Uint8Array(16 * 1024 * 1024).fill(0xff);
for (const { place, data } of segments) blank.set(data, place);
let chip = powerOn(blank);
while (instructions < end) {
  for (let i = 0; i < 100_000; i++) {
    const cycles = chip.core.executeInstruction();
    chip.clock.tick((cycles * 1e9) / 125e6);
  }
  instructions += 100_000;
  log(chip);
  if (instructions >= cut) {
    console.error(`power cut after ${instructions / 1e6} million instructions`);
    cut = Infinity;
    chip = powerOn(chip.flash);
  }
}
