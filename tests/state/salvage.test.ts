import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { isSilenced } from "../../lib/alerts/mutes.ts";
import { openDatabase } from "../../lib/state/database.ts";
import { markGone } from "../../lib/state/keyValue.ts";
import { readMutes, writeMute } from "../../lib/state/mutes.ts";
import { enqueue, waiting } from "../../lib/state/outbox.ts";
import { readTargets } from "../../lib/state/targets.ts";
import { temporaryDirectory } from "../support/project.ts";
import { openFile, rootPage, start, stateWith, titles, waitingReport } from "../support/stateFile.ts";

/** Does something to a state in which two messages wait, and opens it again. */
function after(spoil: (database: Database, file: string) => void) {
  using directory = temporaryDirectory();
  const file = stateWith(directory.path, ["one", "two"]);
  const database = new Database(file);
  spoil(database, file);
  database.close();
  const fresh = openFile(directory.path);
  const rows = waiting(fresh);
  const found = { titles: titles(fresh), rows, gone: fresh.query("SELECT hash FROM gone_webhook").all().length };
  fresh.close();
  return found;
}

/** The check finds it, and it is in the way of nothing. */
const breakSchema = (database: Database) => database.run("CREATE VIEW seen AS SELECT 1");

test("pictures, webhooks that are gone, and alert states are saved, too", () => {
  using directory = temporaryDirectory();
  const before = openFile(directory.path);
  enqueue(before, { ...waitingReport("one"), picture: Uint8Array.of(1, 2, 3) }, start);
  markGone(before, "https://example.org", start);
  before.run("INSERT INTO target VALUES ('memory x', NULL)");
  before.run("INSERT INTO mute VALUES ('disk /', '{\"untilMs\":5}')");
  breakSchema(before);
  before.close();
  const fresh = openFile(directory.path);
  expect(waiting(fresh)[0]?.picture).toEqual(Uint8Array.of(1, 2, 3));
  expect(fresh.query("SELECT since FROM gone_webhook").get()).toEqual({ since: start });
  expect(fresh.query("SELECT * FROM mute").all()).toEqual([{ key: "disk /", value: '{"untilMs":5}' }]);
  expect(Object.keys(readTargets(fresh, start))).toEqual(["memory x"]);
  fresh.close();
});

test("a mute that was written holds in the state that is begun afresh", () => {
  using directory = temporaryDirectory();
  const before = openFile(directory.path);
  const mute = { target: "storage_used /mnt/media", sinceMs: start, untilMs: null, why: "a new disk is ordered" };
  writeMute(before, mute);
  breakSchema(before);
  before.close();
  using fresh = openFile(directory.path);
  expect(readMutes(fresh)).toEqual([mute]);
  const silence = { mutes: readMutes(fresh), isQuiet: false, nowMs: start + 1 };
  expect(isSilenced(silence, "storage_used", { mount: "/mnt/media" }, "critical")).toBe(true);
});

test("a row with a number far from the others is saved", () => {
  const { titles: saved } = after((database) => {
    database.run("UPDATE outbox SET id = 1000000000 WHERE id = 2");
    breakSchema(database);
  });
  expect(saved).toEqual(["one", "two"]);
});

test("rows on both sides of a page that cannot be read are saved", () => {
  using directory = temporaryDirectory();
  const file = stateWith(directory.path, []);
  const database = new Database(file);
  for (let row = 1; row <= 30; row++) enqueue(database, waitingReport(`${row} ${"x".repeat(900)}`), start);
  database.close();
  const bytes = readFileSync(file);
  const { page, size } = rootPage(file, "outbox");
  // The second child of the root, and so neither the first nor the last of the leaves.
  const cell = bytes.readUInt16BE(page * size + 12 + 2);
  const leaf = bytes.readUInt32BE(page * size + cell) - 1;
  bytes.fill(0xa5, leaf * size, (leaf + 1) * size);
  writeFileSync(file, bytes);
  using fresh = openFile(directory.path);
  const saved = titles(fresh).map((title) => Number(title.split(" ")[0]));
  expect(saved.length).toBeGreaterThan(20);
  expect(saved).toContain(1);
  expect(saved).toContain(30);
  expect(saved).toEqual(saved.toSorted((one, other) => one - other));
});

test("a file that lacks its last pages gives up what it still has", () => {
  const { titles: saved } = after((_, file) => truncateSync(file, readFileSync(file).length - 3 * 4096 - 100));
  expect(saved).toEqual(["one", "two"]);
});

test.each([0, 17, 28, 44, 56, 60, 100])("a wrong byte at %d of the header costs no message", (offset) => {
  const { titles: saved } = after((_, file) => {
    const bytes = readFileSync(file);
    bytes[offset] = (bytes[offset] ?? 0) ^ 0x80;
    writeFileSync(file, bytes);
  });
  expect(saved).toEqual(["one", "two"]);
});

test.each<[string, number | string]>([
  ["not_before", 9e15],
  ["created_at", -9e15],
  ["attempts", "many"],
  ["ambiguous", -1],
  ["kind", "alerm"],
  ["picture", "no bytes"],
])("a message whose %s cannot be true is sent all the same", (column, value) => {
  const { titles: saved } = after((database) => database.run(`UPDATE outbox SET ${column} = ? WHERE id = 1`, [value]));
  expect(saved).toEqual(["one", "two"]);
});

test("a message that is nested too deep goes, and no other with it", () => {
  const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
  const { titles: saved } = after((database) => database.run("UPDATE outbox SET body = ? WHERE id = 1", [deep]));
  expect(saved).toEqual(["two"]);
});

test.each([2 ** 53 + 2, "9223372036854775807"])(
  "a counter at %p is damage, and the next message has a number",
  (seq) => {
    const { rows } = after((database) => database.run(`UPDATE sqlite_sequence SET seq = ${seq}`));
    expect(rows.map(({ id }) => id)).toEqual([1, 2]);
  },
);

test("what cannot be put aside stays where it is, with what waits in it", () => {
  using directory = temporaryDirectory();
  const file = stateWith(directory.path, ["one"]);
  const database = new Database(file);
  breakSchema(database);
  database.close();
  const before = readFileSync(file);
  // Stands in the place of the fresh file.
  const blocked = join(directory.path, "state.db.new/in-the-way");
  Bun.spawnSync(["mkdir", "-p", blocked]);
  expect(openDatabase(directory.path, start)).toMatchObject({ kind: "unusable" });
  expect(readFileSync(file).equals(before)).toBe(true);
  expect(readdirSync(directory.path).filter((name) => name.startsWith("damaged-"))).toEqual([]);
});

test("where a run was stopped between the two renames the fresh file takes its place", () => {
  using directory = temporaryDirectory();
  const file = stateWith(directory.path, ["one"]);
  Bun.spawnSync(["mv", file, `${file}.new`]);
  using fresh = openFile(directory.path);
  expect(titles(fresh)).toEqual(["one"]);
  expect(existsSync(`${file}.new`)).toBe(false);
});
