import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { openDatabase } from "../../lib/state/database.ts";
import { waiting } from "../../lib/state/outbox.ts";
import { migrate, schemaVersion } from "../../lib/state/schema.ts";
import { run, temporaryDirectory } from "../support/project.ts";
import { card, damage, dayMs, openFile, overwrite, rootPage, start, stateWith, titles } from "../support/stateFile.ts";

/** Opens what may be damaged, and returns what was saved of it and what is to be said. */
function opened(directory: string, nowMs = start) {
  const result = openDatabase(directory, nowMs);
  if (result.kind !== "open") throw new Error(result.reason);
  const saved = titles(result.database);
  result.database.close();
  return { saved, note: result.note };
}

const asideIn = (directory: string) => readdirSync(directory).filter((name) => /^damaged-.*\.db$/.test(name));

test("a new state has the present version and the modes that survive a power cut", () => {
  using directory = temporaryDirectory();
  using database = openFile(directory.path);
  const pragma = (name: string): unknown => Object.values(database.query(`PRAGMA ${name}`).get() ?? {})[0];
  const modes = ["user_version", "journal_mode", "synchronous", "busy_timeout"].map(pragma);
  expect(modes).toEqual([schemaVersion, "persist", 3, 5000]);
});

test("a file that is still empty, as a run killed at its very start leaves it, is a new state", () => {
  using directory = temporaryDirectory();
  writeFileSync(join(directory.path, "state.db"), "");
  expect(opened(directory.path)).toEqual({ saved: [], note: null });
});

test("a migration that fails half-way leaves the file as it was", () => {
  using directory = temporaryDirectory();
  const file = join(directory.path, "state.db");
  using old = new Database(file);
  migrate(old, 1);
  const before = readFileSync(file);
  // Stands in the way of the last step, and of none before it.
  old.run("CREATE TEMP TABLE mute (key)");
  old.run("CREATE TEMP TRIGGER stop BEFORE DELETE ON fact BEGIN SELECT raise(ABORT, 'stop'); END");
  old.run("INSERT INTO fact VALUES ('alerts', '{}')");
  const written = readFileSync(file);
  expect(() => migrate(old)).toThrow("stop");
  expect(readFileSync(file).equals(written)).toBe(true);
  expect(before.length).toBeGreaterThan(0);
});

test.each<[string, string]>([
  ["a column has another name", "ALTER TABLE point RENAME COLUMN numbers TO n"],
  ["a column is one too many", "ALTER TABLE outbox ADD COLUMN tag TEXT"],
  ["a table is missing", "DROP TABLE hour"],
  [
    "the messages' table is not the only one missing",
    "DROP TABLE gone_webhook / DROP TABLE layout / DROP TABLE dead_letter",
  ],
  ["somebody has added a trigger", "CREATE TRIGGER t AFTER DELETE ON outbox BEGIN SELECT 1; END"],
  ["somebody has added a view", "CREATE VIEW seen AS SELECT * FROM fact"],
  ["no version is claimed", "PRAGMA user_version = 0"],
  ["a version below all is claimed", "PRAGMA user_version = -1"],
  ["an older version is claimed", "PRAGMA user_version = 1"],
])("a state in which %s is damaged: begun afresh, with what waits", (_, sql) => {
  using directory = temporaryDirectory();
  const database = new Database(stateWith(directory.path, ["one", "two"]));
  for (const statement of sql.split(" / ")) database.run(statement);
  database.close();
  expect(opened(directory.path)).toEqual({ saved: ["one", "two"], note: { kind: "damaged", saved: 2 } });
  expect(asideIn(directory.path)).toHaveLength(1);
});

test("a wrong letter in the tables' text costs no message", () => {
  using directory = temporaryDirectory();
  const file = stateWith(directory.path, ["one", "two"]);
  const sound = readFileSync(file);
  // The last table made stands first.
  const [from, to] = [sound.indexOf("CREATE TABLE change"), sound.indexOf("CREATE TABLE fact") + 60];
  for (let offset = from; offset < to; offset += 31) {
    const before = sound[offset] ?? 0;
    // A number in between is that of a table's first page.
    if (!/[ -~]/.test(String.fromCodePoint(before))) continue;
    writeFileSync(file, sound);
    overwrite(file, offset, Uint8Array.of(before ^ 3));
    expect([offset, opened(directory.path).saved]).toEqual([offset, ["one", "two"]]);
  }
});

test("a row that an index does not lead to is damage", () => {
  using directory = temporaryDirectory();
  const file = stateWith(directory.path, ["one"]);
  const { page, size } = rootPage(file, "sqlite_autoindex_layout_1");
  const bytes = readFileSync(file);
  const cell = page * size + bytes.readUInt16BE(page * size + 5);
  overwrite(file, cell + 1, Uint8Array.of((bytes[cell + 1] ?? 0) ^ 32));
  expect(opened(directory.path, start + dayMs)).toMatchObject({ saved: ["one"], note: { kind: "damaged" } });
});

test("a newer state is left alone, byte for byte, whatever its journal mode", () => {
  for (const mode of ["DELETE", "WAL"]) {
    using directory = temporaryDirectory();
    const file = join(directory.path, "state.db");
    const newer = new Database(file);
    newer.run(`PRAGMA journal_mode = ${mode}`);
    newer.run("CREATE TABLE something (new)");
    newer.run(`PRAGMA user_version = ${schemaVersion + 1}`);
    newer.close();
    const before = readFileSync(file);
    expect(openDatabase(directory.path, start)).toMatchObject({ kind: "newer" });
    expect(readFileSync(file).equals(before)).toBe(true);
  }
});

test.each<[string, (file: string) => void]>([
  ["is not a database", (file) => writeFileSync(file, "Dear diary, ".repeat(1000))],
  ["was cut off in the middle", (file) => truncateSync(file, 9000)],
  ["was cut off below its header", (file) => truncateSync(file, 60)],
  ["is zeros", (file) => writeFileSync(file, new Uint8Array(40_960))],
])("a state that %s is set aside and begun afresh", (_, spoil) => {
  using directory = temporaryDirectory();
  spoil(stateWith(directory.path, ["a card"]));
  expect(opened(directory.path).note).toEqual({ kind: "damaged", saved: expect.any(Number) });
  expect(asideIn(directory.path)).toHaveLength(1);
  // Until a card has said so.
  expect(opened(directory.path).note).toEqual({ kind: "damaged", saved: expect.any(Number) });
  stateWith(directory.path, ["a card"]);
  expect(opened(directory.path).note).toBeNull();
  expect(asideIn(directory.path)).toHaveLength(1);
});

test("what waits is saved from a file of which another page is damaged", () => {
  using directory = temporaryDirectory();
  damage(stateWith(directory.path, ["one", "two"]), "fact");
  expect(opened(directory.path)).toEqual({
    saved: ["one", "two"],
    note: { kind: "damaged", saved: 2 },
  });
});

test("a message that is no JSON any more does not stop the others", () => {
  using directory = temporaryDirectory();
  const database = new Database(stateWith(directory.path, ["one", "two"]));
  database.run("UPDATE outbox SET body = replace(body, '{', '[') WHERE id = 1");
  database.close();
  expect(opened(directory.path)).toMatchObject({ saved: ["two"], note: { kind: "damaged", saved: 1 } });
});

test("the history is checked in the first run of a day", () => {
  using directory = temporaryDirectory();
  damage(stateWith(directory.path, ["one"]), "point");
  expect(opened(directory.path, start + 1000).note).toBeNull();
  expect(opened(directory.path, start + dayMs)).toMatchObject({ saved: ["one"], note: { kind: "damaged", saved: 1 } });
});

test("of damaged files the last two are kept", () => {
  using directory = temporaryDirectory();
  for (const day of [0, 1, 2]) {
    writeFileSync(join(directory.path, "state.db"), `damage ${day}`.padEnd(5000));
    opened(directory.path, start + day * dayMs);
  }
  const names = asideIn(directory.path).toSorted();
  const texts = names.map((name) => readFileSync(join(directory.path, name), "utf8").trimEnd());
  expect(texts).toEqual(["damage 1", "damage 2"]);
});

test("the journal of a damaged file does not get into the fresh one", () => {
  using directory = temporaryDirectory();
  writeFileSync(join(directory.path, "state.db"), "not a database".padEnd(5000));
  writeFileSync(join(directory.path, "state.db-journal"), "a journal");
  opened(directory.path);
  expect(existsSync(join(directory.path, "state.db-journal"))).toBe(false);
});

test.each<[string, (file: string) => unknown]>([
  ["a directory", (file) => mkdirSync(file)],
  ["a link", (file) => symlinkSync("elsewhere.db", file)],
  ["a FIFO, which would hang whoever opens it", (file) => run(["mkfifo", file])],
])("a state file that is %s is refused", async (_, make) => {
  using directory = temporaryDirectory();
  const file = join(directory.path, "state.db");
  await make(file);
  const reason = `${file} is not a regular file of ours`;
  expect(openDatabase(directory.path, start)).toEqual({ kind: "unusable", reason });
  expect(existsSync(join(directory.path, "elsewhere.db"))).toBe(false);
});

test("a random bit that flips never costs more than a fresh start", () => {
  using directory = temporaryDirectory();
  const file = stateWith(directory.path, ["one", "two"]);
  const sound = readFileSync(file);
  let seed = 7;
  for (let round = 0; round < 200; round++) {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    const offset = seed % sound.length;
    writeFileSync(file, sound);
    overwrite(file, offset, Uint8Array.of((sound[offset] ?? 0) ^ (1 << (seed >>> 29))));
    const result = openDatabase(directory.path, start + dayMs);
    if (result.kind === "open") result.database.close();
    // In the header it can make a newer version of it.
    else expect(offset).toBeLessThan(100);
  }
});

test("a state of the first version gets its place for pictures, and keeps what it had", () => {
  using directory = temporaryDirectory();
  const old = new Database(join(directory.path, "state.db"));
  migrate(old, 1);
  const insert = "INSERT INTO outbox (kind, created_at, body) VALUES ('report', ?, ?)";
  for (const title of ["one", "two"]) old.run(insert, [start, JSON.stringify(card(title))]);
  old.close();
  using database = openFile(directory.path);
  expect(titles(database)).toEqual(["one", "two"]);
  expect(waiting(database).map(({ picture }) => picture)).toEqual([null, null]);
  expect(database.query("PRAGMA user_version").get()).toEqual({ user_version: schemaVersion });
});
