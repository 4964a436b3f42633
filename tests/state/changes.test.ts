import { expect, test } from "bun:test";

import { changeOf } from "../../lib/model/change.ts";
import { readChanges, writeChanges } from "../../lib/state/changes.ts";
import { inMemory, minuteMs, start } from "../support/stateFile.ts";

const times = (minutes: number) => ({ atMs: start + minutes * minuteMs, sinceMs: start + (minutes - 5) * minuteMs });
const keyAt = (minutes: number) => changeOf({ ...times(minutes), kind: "key", action: "added", subject: "root" });

test("changes come back as they were, the newest first", () => {
  using database = inMemory();
  const packages = changeOf({
    ...times(5),
    kind: "package",
    action: "changed",
    subject: "postgresql-15",
    names: ["postgresql-15", "libssl3"],
    count: 14,
  });
  const key = { ...keyAt(5), isLoud: true, after: "ED25519 SHA256:abc", detail: "/root/.ssh/authorized_keys" };
  writeChanges(database, [packages, key], start);
  writeChanges(database, [keyAt(10)], start);
  expect(readChanges(database, start)).toEqual([keyAt(10), key, packages]);
  expect(readChanges(database, start + 6 * minuteMs)).toEqual([keyAt(10)]);
  expect(readChanges(database, start, start + 6 * minuteMs)).toEqual([key, packages]);
});

test("one row that cannot be read costs no other", () => {
  using database = inMemory();
  writeChanges(database, [keyAt(1), keyAt(2), keyAt(3), keyAt(4)], start);
  database.run("UPDATE change SET value = 'no JSON' WHERE id = 1");
  database.run("UPDATE change SET value = '{\"subject\": 7}' WHERE id = 2");
  database.run("UPDATE change SET kind = 'of a later version' WHERE id = 3");
  expect(readChanges(database, start)).toEqual([keyAt(4)]);
});

test("what is older than the history goes, and so does what is too much", () => {
  using database = inMemory();
  writeChanges(database, [keyAt(-401 * 24 * 60), keyAt(0)], start);
  expect(readChanges(database, 0)).toEqual([keyAt(0)]);
  const many = Array.from({ length: 2500 }, (_, index) => keyAt(index));
  writeChanges(database, many, start);
  const kept = readChanges(database, 0);
  expect(kept).toHaveLength(2000);
  expect(kept[0]).toEqual(keyAt(2499));
});

test("a look that found nothing writes nothing", () => {
  using database = inMemory();
  writeChanges(database, [keyAt(1)], start);
  writeChanges(database, [], start + 500 * 24 * 60 * minuteMs);
  expect(readChanges(database, 0)).toEqual([keyAt(1)]);
});
