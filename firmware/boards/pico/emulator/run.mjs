// Runs an image of the Pico in rp2040js and gives the bytes of its log, for defmt-print.
//
//   node run.mjs IMAGE [--end MILLIONS] [--cut MILLIONS] | defmt-print -e IMAGE
//   node run.mjs IMAGE --serial PORT                     and apical device ... --port tcp:127.0.0.1:PORT
//   node run.mjs IMAGE --world
//
// It ends after so many million instructions. With --cut the power is cut after as many: RAM and
// registers are lost, flash stays, and the board starts again; how deep its stack was is told. With
// --serial its first UART is a TCP port of this machine (0: any that is free, which it tells), it runs until
// its standard input ends, and a line `cut` there cuts the power. With --world the image `reflex` has the
// parts around it that it is made for, and what the lights do is told.

import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { RP2040 } from 'rp2040js';
import * as bootRom from './boot-rom.mjs';
import * as image from './image.mjs';
import { Serial } from './serial.mjs';
import { World } from './world.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    end: { type: 'string' },
    cut: { type: 'string' },
    serial: { type: 'string' },
    world: { type: 'boolean' },
  },
});
const { segments, rtt, stack } = image.read(positionals[0]);
const serial = values.serial === undefined ? undefined : new Serial();
const end = Number(values.end ?? (serial || values.world ? 'Infinity' : '2000')) * 1e6;
let cut = Number(values.cut ?? 'Infinity') * 1e6;
let instructions = 0;
// Where RAM begins, and what it holds below the stack at power-on.
const RAM = 0x20000000;
const PAINT = 0xa5;
const cutPower = () => {
  cut = 0;
};
const world = values.world ? new World(cutPower, (line) => console.error(line)) : undefined;

/** How many bytes of stack were in use at the deepest. */
function deepest(chip) {
  let at = stack.end;
  while (at < stack.start && chip.readUint8(at) === PAINT) at++;
  return stack.start - at;
}

/** A chip at power-on, with this flash. */
function powerOn(flash) {
  const chip = new RP2040();
  chip.logger = { debug() {}, info() {}, warn() {}, error: (_, text) => console.error(text) };
  bootRom.install(chip);
  // What the stack does not reach stays so.
  chip.sram.fill(PAINT, stack.end - RAM, stack.start - RAM);
  chip.flash.set(flash);
  // Nobody presses the button: its pin is pulled up.
  chip.gpio[15].setInputValue(true);
  serial?.connect(chip.uart[0]);
  world?.connect(chip);
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

/** Runs so many instructions. */
function run(chip, count) {
  for (let i = 0; i < count; i++) {
    const cycles = chip.core.executeInstruction();
    chip.clock.tick((cycles * 1e9) / 125e6);
  }
  instructions += count;
  log(chip);
}

const blank = new Uint8Array(16 * 1024 * 1024).fill(0xff);
for (const { place, data } of segments) blank.set(data, place);
let chip = powerOn(blank);

if (serial) {
  const commands = createInterface({ input: process.stdin });
  commands.on('line', (line) => {
    if (line === 'cut') cutPower();
  });
  commands.on('close', () => process.exit(0));
  console.error(`its UART is 127.0.0.1:${await serial.listen(Number(values.serial))}`);
}
while (instructions < end) {
  if (serial) {
    // Few enough that an answer does not wait for the turn to end.
    run(chip, 10_000);
    await serial.turn();
  } else {
    run(chip, 100_000);
  }
  if (world && !world.turn()) break;
  if (instructions >= cut) {
    console.error(`power cut after ${instructions / 1e6} million instructions`);
    console.error(`its stack was ${deepest(chip)} bytes deep`);
    cut = Infinity;
    chip = powerOn(chip.flash);
  }
}
