import type { Clock } from "../clock.ts";
import type { Progress } from "../terminal/progress.ts";
import type { DirectoryChoice } from "./directory.ts";
import { readPast } from "./past.ts";
import { openState, type State } from "./state.ts";

const pauseMs = 100;
/** 20 s: an engine that does not answer keeps a run for half as long. */
const triesInAll = 200;
/** Of two cards that were begun so close together one is enough. */
const sameMs = 10_000;

/**
 * The state, for a run that posts a card. A look for changes that begins in the same second has no card to post, so it is
 * waited for. Null when a run is at work for longer, or when it has posted a card meanwhile.
 */
export async function openInTurn(choice: DirectoryChoice, clock: Clock, doing: Progress): Promise<State | null> {
  const startedMs = clock.now();
  for (let tries = 1; ; tries++) {
    const state = openState(choice, clock.now());
    if (state === null && tries < triesInAll) {
      doing("waiting for another run");
      await clock.sleep(pauseMs);
      continue;
    }
    if (state === null || tries === 1) return state;
    const cardMs = readPast(state.database).lastCard?.takenAtMs ?? -Infinity;
    if (cardMs < startedMs - sameMs || cardMs > clock.now()) return state;
    state[Symbol.dispose]();
    return null;
  }
}
