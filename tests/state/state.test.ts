import { expect, test } from "bun:test";
import { readdirSync, rmSync } from "node:fs";

import { commit } from "../../lib/state/commit.ts";
import { Damaged, reasonOf } from "../../lib/state/fault.ts";
import { points } from "../../lib/state/history.ts";
import { waiting } from "../../lib/state/outbox.ts";
import { openForReading } from "../../lib/state/reading.ts";
import { openState } from "../../lib/state/opening.ts";
import { type State, ephemeralState, saved } from "../../lib/state/state.ts";
import { en } from "../../lib/words/en.ts";
import { noteText } from "../../lib/report/report.ts";
import { temporaryDirectory } from "../support/project.ts";
import { damage, runAt, start, stateWith, titles } from "../support/stateFile.ts";
import { virtualClock } from "../support/virtualClock.ts";

const withCode = (code: string) => Object.assign(new Error("words of the system"), { code });

async function open(directory: string): Promise<State> {
  const state = await openState({ flag: directory, env: {} }, virtualClock(start));
  if (state === null) throw new Error("another run is at work");
  return state;
}

test("without a state the run goes on in memory and says why", async () => {
  using state = await open("/proc/no-such-place");
  expect(state).toMatchObject({ file: null, ephemeral: { kind: "unusable" } });
  expect(state.notes).toEqual([{ kind: "ephemeral", reason: expect.stringContaining("/proc/no-such-place") }]);
  commit(state.database, runAt(start, "a card"));
  expect(titles(state.database)).toEqual(["a card"]);
});

test("who wants no state is told nothing", async () => {
  using state = await open("none");
  expect(state).toMatchObject({ ephemeral: { kind: "asked" }, notes: [] });
});

test("a write that the disk refuses goes to memory", async () => {
  using directory = temporaryDirectory();
  using state = await open(directory.path);
  state.database.run("PRAGMA query_only = ON");
  const other = saved(state, start, ({ database, notes }) =>
    commit(database, runAt(start, notes.map((note) => noteText(note, en)).join())),
  );
  expect(other.ephemeral).toEqual({ kind: "unusable", reason: expect.stringContaining("file is read-only") });
  expect(titles(other.database)).toEqual([expect.stringContaining("is read-only")]);
  expect(titles(state.database)).toEqual([]);
});

test("a state that is removed while the run works is said to be that", async () => {
  using directory = temporaryDirectory();
  using state = await open(directory.path);
  rmSync(directory.path, { recursive: true });
  const other = saved(state, start, ({ database }) => commit(database, runAt(start, "told all the same")));
  expect(other.ephemeral).toEqual({ kind: "unusable", reason: expect.stringContaining("it was removed meanwhile") });
  expect(titles(other.database)).toEqual(["told all the same"]);
});

test.each([
  ["EDQUOT", "the quota is used up: make room"],
  ["EMFILE", "too many open files"],
  ["EROFS", "the file system or the file is read-only: name another directory with --state-dir"],
  ["EIO", "input/output error"],
  ["ENOSPC", "the disk is full: make room"],
])("the reason for %s is what the system said, and no word of SQLite's", (code, reason) => {
  expect(reasonOf(withCode(code))).toBe(reason);
});

test("damage that shows in the middle of a run is dealt with in that run", async () => {
  using directory = temporaryDirectory();
  damage(stateWith(directory.path, ["waits"]), "hour");
  using state = await open(directory.path);
  expect(state.notes).toEqual([]);
  using other = saved(state, start, ({ database, notes }) =>
    commit(database, runAt(start, notes.map((note) => noteText(note, en)).join())),
  );
  expect(other.ephemeral).toBeNull();
  expect(titles(other.database)).toEqual([
    "waits",
    expect.stringContaining("damaged; a new one was started (1 unsent message"),
  ]);
  expect(readdirSync(directory.path).filter((name) => /^damaged-.*\.db$/.test(name))).toHaveLength(1);
});

test("a history whose layout was damaged is damage, not a bug", async () => {
  using directory = temporaryDirectory();
  using state = await open(directory.path);
  commit(state.database, runAt(start));
  state.database.run("UPDATE layout SET keys = 'oops'");
  using other = saved(state, start, ({ database }) => commit(database, runAt(start)));
  expect(other.ephemeral).toBeNull();
  expect(points(other.database, 0, start)).toHaveLength(1);
});

test("a bug stays one", async () => {
  using state = ephemeralState({ kind: "asked", reason: "" });
  const write = () => {
    throw new TypeError("oops");
  };
  expect(() => saved(state, start, write)).toThrow("oops");
});

test("looking changes nothing, and sees nothing of a damaged state", async () => {
  using directory = temporaryDirectory();
  const choice = { flag: directory.path, env: {} };
  expect(await openForReading(choice, start)).toBeNull();
  expect(readdirSync(directory.path)).toEqual([]);
  const file = stateWith(directory.path, ["one"]);
  const database = await openForReading(choice, start);
  expect(database && waiting(database)).toHaveLength(1);
  database?.close();
  damage(file, "fact");
  expect(await openForReading(choice, start)).toBeNull();
  expect(readdirSync(directory.path).toSorted()).toEqual(["state.db", "state.db-journal"]);
});

test("a file that fails again though the check finds nothing is set aside", async () => {
  using directory = temporaryDirectory();
  stateWith(directory.path, ["waits"]);
  using state = await open(directory.path);
  let tries = 0;
  using other = saved(state, start, ({ database }) => {
    tries += 1;
    if (tries < 3) throw new Damaged("a bad page");
    commit(database, runAt(start, "a card"));
  });
  expect(other.ephemeral).toBeNull();
  expect(titles(other.database)).toEqual(["waits", "a card"]);
  expect(readdirSync(directory.path).filter((name) => /^damaged-.*\.db$/.test(name))).toHaveLength(1);
});

test("where a customary place cannot be had the next one is used", async () => {
  using directory = temporaryDirectory();
  const env = { STATE_DIRECTORY: "/proc/nothing", HOME: directory.path };
  using state = await openState({ flag: undefined, env, isRoot: false }, virtualClock(start));
  expect(state).toMatchObject({ ephemeral: null, file: `${directory.path}/.local/state/server-metrics/state.db` });
});
