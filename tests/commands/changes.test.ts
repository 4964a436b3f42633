import { expect, test } from "bun:test";

import type { Flags } from "../../lib/cli/parse.ts";
import { changes } from "../../lib/commands/changes.ts";
import { type Change, changeOf } from "../../lib/model/change.ts";
import { writeChanges } from "../../lib/state/changes.ts";
import { defaultConfig } from "../support/measure.ts";
import { temporaryDirectory } from "../support/project.ts";
import { hourMs, openFile, start } from "../support/stateFile.ts";
import { testWorld } from "../support/testWorld.ts";

async function ran(flags: Flags) {
  const world = testWorld();
  return { code: await changes(world, defaultConfig, flags), ...world.said };
}

const at = (hoursAgo: number) => ({ atMs: start - hoursAgo * hourMs, sinceMs: start - (hoursAgo + 1) * hourMs });

const found: readonly Change[] = [
  changeOf({ ...at(2), kind: "key", action: "added", subject: "root", isLoud: true, after: "ED25519 you@laptop" }),
  changeOf({ ...at(5 * 24), kind: "unit", action: "added", subject: "redis.service", by: "redis" }),
  changeOf({ ...at(10 * 24), kind: "reboot", action: "changed", subject: "", before: "6.1.0-9", after: "6.1.0-10" }),
];

function remember(directory: string): void {
  using database = openFile(directory);
  writeChanges(database, found.toReversed(), start);
}

test("what changed in a week is told, the newest first, with a sign before what nobody explains", async () => {
  using directory = temporaryDirectory();
  remember(directory.path);
  const { code, out } = await ran({ stateDir: directory.path });
  expect(code).toBe(0);
  expect(out).toContain("7 days, 2 changes");
  expect(out.split("\n").filter((line) => /SSH key|redis|rebooted/.test(line))).toEqual([
    "  10:00             ▲ new SSH key for root · ED25519 you@laptop",
    "  2026-07-27 12:00    new unit redis.service (redis)",
  ]);
});

test("more days show more, and a time without changes says so", async () => {
  using directory = temporaryDirectory();
  remember(directory.path);
  expect((await ran({ stateDir: directory.path, days: "30" })).out).toContain("rebooted into kernel 6.1.0-10");
  expect((await ran({ stateDir: directory.path, days: "0.05" })).out).toContain("nothing changed in that time");
});

test("programs get each fact, and the sentence", async () => {
  using directory = temporaryDirectory();
  remember(directory.path);
  const { out } = await ran({ stateDir: directory.path, json: "" });
  const written: unknown = JSON.parse(out);
  expect(written).toMatchObject({
    schema: 1,
    changes: [
      { at: "2026-08-01T10:00:00.000Z", summary: "new SSH key for root", loud: true, kind: "key", subject: "root" },
      { summary: "new unit redis.service", loud: false, kind: "unit", by: "redis" },
    ],
  });
});

test.each(["0", "-1", "401", "ten", "", "NaN", "Infinity"])("%j days are refused", async (days) => {
  using directory = temporaryDirectory();
  remember(directory.path);
  const { code, out, errors } = await ran({ stateDir: directory.path, days });
  expect({ code, out }).toEqual({ code: 64, out: "" });
  expect(errors).toEqual([`--days: expected a number of days above 0, up to 400, got "${days}"`]);
});

test("where nothing is remembered there is nothing to tell", async () => {
  using directory = temporaryDirectory();
  const { code, out, errors } = await ran({ stateDir: directory.path });
  expect({ code, out }).toEqual({ code: 73, out: "" });
  expect(errors).toEqual([expect.stringContaining("nothing is recorded here yet")]);
});

test("a change is kept for 400 days", async () => {
  using directory = temporaryDirectory();
  using database = openFile(directory.path);
  const old = changeOf({ ...at(401 * 24), kind: "hostname", action: "changed", subject: "", after: "tokyo" });
  writeChanges(database, [old, ...found], start);
  expect((await ran({ stateDir: directory.path, days: "400" })).out).toContain("400 days, 3 changes");
});

test("a file is named once where it is what the change is about", async () => {
  using directory = temporaryDirectory();
  using database = openFile(directory.path);
  const file = { subject: "/tmp/none.so", detail: "/tmp/none.so", isLoud: true };
  writeChanges(database, [changeOf({ ...at(1), kind: "preload", action: "added", ...file })], start);
  expect((await ran({ stateDir: directory.path })).out).toMatch(/▲ every program now loads \/tmp\/none\.so$/m);
});
