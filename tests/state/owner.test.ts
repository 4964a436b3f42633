import { expect, test } from "bun:test";
import { join } from "node:path";

import { commit } from "../../lib/state/commit.ts";
import { openState } from "../../lib/state/opening.ts";
import { readOwner } from "../../lib/state/owner.ts";
import { waiting } from "../../lib/state/outbox.ts";
import { readPast } from "../../lib/state/past.ts";
import { consult, findStateFile } from "../../lib/state/reading.ts";
import type { State } from "../../lib/state/state.ts";
import { temporaryDirectory } from "../support/project.ts";
import { minuteMs, runAt, start, titles } from "../support/stateFile.ts";
import { virtualClock } from "../support/virtualClock.ts";

const idOf = (text: string) => readOwner({ readFile: async () => text });

test("a machine's id is shown to nobody, and one that is none is no owner", async () => {
  const id = "0123456789abcdef0123456789abcdef";
  const owner = await idOf(`${id}\n`);
  expect(owner).toMatch(/^[0-9a-f]{16}$/);
  expect(id).not.toContain(owner ?? "");
  const none = await Promise.all(["", "uninitialized\n", "0".repeat(32), "a name"].map(idOf));
  expect(none).toEqual([null, null, null, null]);
  expect(await readOwner({ readFile: () => Promise.reject(new Error("is not there")) })).toBeNull();
});

async function withState<T>(
  directory: string,
  owner: string | null,
  nowMs: number,
  use: (state: State) => T,
): Promise<T> {
  using state = await openState({ flag: directory, env: {}, owner }, virtualClock(nowMs));
  if (state === null || state.ephemeral !== null) throw new Error("no state");
  return use(state);
}

test("two machines with one home keep apart what they know, and one line says so", async () => {
  using directory = temporaryDirectory();
  const look = (owner: string, minute: number) =>
    withState(directory.path, owner, start + minute * minuteMs, ({ database, notes, file }) => {
      const lastMs = readPast(database).lastRun?.takenAtMs ?? null;
      commit(database, runAt(start + minute * minuteMs, `${owner} ${minute}`));
      return { last: lastMs === null ? null : (lastMs - start) / minuteMs, notes: notes.map(({ kind }) => kind), file };
    });
  const [shared, own] = [join(directory.path, "state.db"), join(directory.path, "state-bb.db")];
  expect(await look("aa", 0)).toEqual({ last: null, notes: [], file: shared });
  expect(await look("bb", 1)).toEqual({ last: null, notes: ["foreign"], file: own });
  expect(await look("aa", 2)).toEqual({ last: 0, notes: [], file: shared });
  expect(await look("bb", 3)).toEqual({ last: 1, notes: [], file: own });
});

test("what waits in another machine's state goes out as it was written, and no digest folds it", async () => {
  using directory = temporaryDirectory();
  await withState(directory.path, "aa", start, ({ database }) => {
    commit(database, runAt(start, "of aa"));
    commit(database, { ...runAt(start, "live of aa"), liveDay: "2026-08-01" });
  });
  const found = await withState(directory.path, "bb", start, ({ database }) => {
    for (const minute of [1, 2, 3, 4]) commit(database, runAt(start + minute * minuteMs, `card ${minute}`));
    return { titles: titles(database), kinds: waiting(database).map(({ kind }) => kind) };
  });
  expect(found.titles).toEqual(["of aa", "live of aa", "3 reports, 0 dropped", "card 4"]);
  expect(found.kinds).toEqual(["report", "report", "digest", "report"]);
  await withState(directory.path, "aa", start, ({ database }) => expect(titles(database)).toEqual([]));
});

test("without an id there is no check, and a state without an owner becomes that of the first", async () => {
  using directory = temporaryDirectory();
  const files = [];
  for (const owner of [null, "aa", null]) files.push(await withState(directory.path, owner, start, ({ file }) => file));
  expect(new Set(files)).toEqual(new Set([join(directory.path, "state.db")]));
  expect(await withState(directory.path, "bb", start, ({ file }) => file)).toEndWith("state-bb.db");
});

test("who reads looks where this machine writes", async () => {
  using directory = temporaryDirectory();
  const choice = (owner: string) => ({ flag: directory.path, env: {}, owner });
  await withState(directory.path, "aa", start, ({ database }) => commit(database, runAt(start)));
  expect(await consult(choice("bb"), start, () => "read")).toBeNull();
  await withState(directory.path, "bb", start, ({ database }) => commit(database, runAt(start)));
  expect(await findStateFile(choice("aa"))).toEndWith("/state.db");
  expect(await findStateFile(choice("bb"))).toEndWith("/state-bb.db");
});
