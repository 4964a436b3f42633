import { expect, test } from "bun:test";

import { commit } from "../../lib/state/commit.ts";
import type { Installation } from "../../lib/state/installations.ts";
import { openInTurn, openState } from "../../lib/state/opening.ts";
import type { State } from "../../lib/state/state.ts";
import { temporaryDirectory } from "../support/project.ts";
import { dayMs, minuteMs, runAt, start } from "../support/stateFile.ts";
import { virtualClock } from "../support/virtualClock.ts";

/** Opens the state for a card while another run has it, which does something with it and ends after so many pauses. */
async function openBeside(
  pauses: number,
  work: (state: State) => void = () => undefined,
  by: Installation | null = null,
) {
  using directory = temporaryDirectory();
  const choice = { flag: directory.path, env: {} };
  const clock = virtualClock(start);
  const other = await openState(choice, clock);
  if (other === null) throw new Error("nobody else should be there");
  work(other);
  const sleep = async (ms: number) => {
    await clock.sleep(ms);
    if (clock.slept.length === pauses) other[Symbol.dispose]();
  };
  const opened = await openInTurn(choice, { ...clock, sleep }, () => undefined, { by });
  const isOpen = opened !== null;
  opened?.[Symbol.dispose]();
  other[Symbol.dispose]();
  return { isOpen, waitedMs: clock.monotonicMs() };
}

const postCard = (atMs: number) => (state: State) => commit(state.database, runAt(atMs));

test("a card waits for a look that began in the same second, and is posted after it", async () => {
  expect(await openBeside(3)).toEqual({ isOpen: true, waitedMs: 300 });
});

test("it waits as long as engines that do not answer keep the look, and not much longer", async () => {
  expect(await openBeside(150)).toEqual({ isOpen: true, waitedMs: 15_000 });
  expect(await openBeside(1000)).toEqual({ isOpen: false, waitedMs: 19_900 });
});

test("two cards that begin at once are one", async () => {
  expect(await openBeside(3, postCard(start - 500))).toMatchObject({ isOpen: false });
  expect(await openBeside(3, postCard(start + 200))).toMatchObject({ isOpen: false });
});

test("the card before, or one of a clock that has been set back since, does not stand in the way", async () => {
  expect(await openBeside(3, postCard(start - 30 * minuteMs))).toMatchObject({ isOpen: true });
  expect(await openBeside(3, postCard(start + 30 * minuteMs))).toMatchObject({ isOpen: true });
});

test("beside a run that must have ended long ago a report goes out without a state, and says so", async () => {
  using directory = temporaryDirectory();
  const choice = { flag: directory.path, env: {} };
  using stopped = await openState(choice, virtualClock(start));
  expect(stopped?.ephemeral).toBeNull();
  const later = virtualClock(start + 3 * minuteMs);
  using card = await openInTurn(choice, later, () => undefined);
  const reason = expect.stringContaining("lock.db is held by a run that should have ended at 2026-08-01T12:02:00");
  expect(card?.ephemeral).toEqual({ kind: "unusable", reason });
  using look = await openState(choice, later);
  expect(look?.ephemeral).toEqual({ kind: "unusable", reason });
  expect(later.slept).toEqual([100, 100]);
});

test("a run that waits for its turn may live longer, and no clock makes it live for ever", async () => {
  using directory = temporaryDirectory();
  const choice = { flag: directory.path, env: {} };
  using waiting = await openState(choice, virtualClock(start), 600);
  expect(waiting?.ephemeral).toBeNull();
  expect(await openState(choice, virtualClock(start + 10 * minuteMs))).toBeNull();
  using other = await openState(choice, virtualClock(start - 40 * dayMs));
  expect(other?.ephemeral).toMatchObject({ kind: "unusable" });
});

test("the card of another installation goes to another channel, and both are posted", async () => {
  const by = (webhookUrl: string) => ({ settingsFile: "", webhookUrl });
  const post = (state: State) => commit(state.database, runAt(start - 500), by("https://one"));
  expect(await openBeside(3, post, by("https://one"))).toMatchObject({ isOpen: false });
  expect(await openBeside(3, post, by("https://other"))).toMatchObject({ isOpen: true });
});
