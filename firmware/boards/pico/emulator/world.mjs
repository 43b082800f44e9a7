// The world of the image `reflex`: an accelerometer that is turned, a hand on two buttons, and an eye on two
// lights. It tells what it sees a line each.

import { Lis3dh } from './lis3dh.mjs';

const BUTTONS = [14, 15];
const LIGHTS = [16, 17];
// Lying and on its side: gravity along z and along x, in words of a range of 2 g.
const POSTURES = [
  [0, 0, 16384],
  [16384, 0, 0],
];
const LESSONS = 8;
const MILLISECOND = 1e6;
// A lesson, and a look at the lights.
const LONG = 250 * MILLISECOND;
// Long enough for the board to start, and to save.
const PAUSE = 60 * MILLISECOND;

export class World {
  #sensor = new Lis3dh();
  #scenes;
  #chip;
  #until = 0;

  /** `cut` cuts the power, `say` tells what is seen. */
  constructor(cut, say) {
    this.#scenes = this.#course(cut, say);
  }

  /** Joins a chip that has just been switched on. */
  connect(chip) {
    this.#chip = chip;
    this.#sensor.connect(chip.i2c[0]);
    this.#press(undefined);
    // Its clock begins anew.
    this.#until = PAUSE;
  }

  /** Lets time pass; whether there is still something to happen. */
  turn() {
    if (this.#chip.clock.nanos < this.#until) return true;
    const { value, done } = this.#scenes.next();
    if (!done) this.#until = this.#chip.clock.nanos + value;
    return !done;
  }

  *#course(cut, say) {
    this.#sensor.feel(POSTURES[0]);
    yield* this.#look(say, 'before');
    for (let lesson = 0; lesson < LESSONS; lesson++) {
      const posture = lesson % POSTURES.length;
      this.#sensor.feel(POSTURES[posture]);
      this.#press(posture);
      yield LONG;
      this.#press(undefined);
      yield PAUSE;
    }
    yield* this.#look(say, 'after');
    cut();
    yield PAUSE;
    yield* this.#look(say, 'after a power cut');
  }

  *#look(say, when) {
    for (const [posture, axes] of POSTURES.entries()) {
      this.#sensor.feel(axes);
      yield LONG;
      const lit = LIGHTS.filter((pin) => this.#chip.gpio[pin].outputValue);
      say(`${when} posture ${posture} lights ${lit.map((pin) => LIGHTS.indexOf(pin)).join(' and ')}`);
    }
  }

  /** Presses the button of a posture, and lets go of the other. */
  #press(posture) {
    BUTTONS.forEach((pin, button) => this.#chip.gpio[pin].setInputValue(button !== posture));
  }
}
