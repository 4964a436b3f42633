import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Flags } from "../../lib/cli/parse.ts";
import { outbox } from "../../lib/commands/outbox.ts";
import { newExport, setExport } from "../../lib/export/memory.ts";
import { markGone } from "../../lib/state/keyValue.ts";
import { takeLock } from "../../lib/state/lock.ts";
import { addDeadLetter } from "../../lib/state/deadLetters.ts";
import { enqueue, postpone, waiting } from "../../lib/state/outbox.ts";
import { fakeDiscord } from "../support/fakeDiscord.ts";
import { defaultConfig } from "../support/measure.ts";
import { temporaryDirectory } from "../support/project.ts";
import { webhookAt } from "../support/sending.ts";
import { hourMs, openFile, start, waitingAlert, waitingReport, stateWith } from "../support/stateFile.ts";
import { testWorld } from "../support/testWorld.ts";
import { virtualClock } from "../support/virtualClock.ts";

/** Runs the command; returns its exit code and what it said. */
async function ran(flags: Flags, env: Readonly<Record<string, string>> = {}) {
  const world = testWorld({ env });
  return { code: await outbox(world, defaultConfig, flags), ...world.said };
}

/** A state with a dead letter, a report that is not due, and an alert that may have arrived. */
function fill(directory: string): void {
  using database = openFile(directory);
  enqueue(database, waitingReport("dead"), start - 3 * hourMs);
  const [row] = waiting(database);
  if (row) addDeadLetter(database, row, "413: the message is too large", null);
  const report = enqueue(database, waitingReport("report"), start - 2 * hourMs);
  postpone(database, report, { reason: "429: wait\u001b[2J", notBeforeMs: start + hourMs, ambiguous: false });
  const alert = enqueue(database, waitingAlert("alert"), start - hourMs);
  postpone(database, alert, { reason: "no answer", notBeforeMs: 0, ambiguous: true });
}

test("lists what waits and what is dead", async () => {
  using directory = temporaryDirectory();
  fill(directory.path);
  const { code, out } = await ran({ stateDir: directory.path });
  expect(code).toBe(0);
  expect(out).not.toContain("\u001b");
  const [report, ...others] = out.split("\n");
  expect(report).toMatch(/^ {5}2 {2}report, 2 h old; 0 attempts; 429: wait.*; not before 2026-08-01T13:00:00.000Z$/);
  expect(others).toEqual([
    "     3  alert, 1 h old; 0 attempts; may have arrived; no answer",
    "    D1  refused report, 3 h old; 413: the message is too large",
    "",
  ]);
});

test.each([
  "UPDATE outbox SET not_before = 9e15",
  "UPDATE outbox SET created_at = -9e15",
  "UPDATE dead_letter SET created_at = 9e15",
])("a time that cannot be is no crash: %s", async (statement) => {
  using directory = temporaryDirectory();
  fill(directory.path);
  const database = openFile(directory.path);
  database.run(statement);
  database.close();
  expect(await ran({ stateDir: directory.path })).toMatchObject({
    code: 0,
    out: `Nothing is known to wait: ${directory.path}; damaged: the next report starts a new one\n`,
  });
  expect(JSON.parse((await ran({ stateDir: directory.path, json: "" })).out)).toMatchObject({ schema: 1 });
});

test("no word of a dead letter steers the terminal", async () => {
  using directory = temporaryDirectory();
  fill(directory.path);
  const database = openFile(directory.path);
  database.run("UPDATE dead_letter SET kind = ?, reason = ?", ["a\u001B[2J", "b\u009B31m\u202E"]);
  database.close();
  const { code, out } = await ran({ stateDir: directory.path });
  expect(code).toBe(0);
  expect(["\u001B", "\u009B", "\u202E"].filter((one) => out.includes(one))).toEqual([]);
  expect(out).toContain("D1");
});

test("lists the same for programs", async () => {
  using directory = temporaryDirectory();
  fill(directory.path);
  const { out } = await ran({ stateDir: directory.path, json: "" });
  expect(JSON.parse(out)).toMatchObject({
    schema: 1,
    waiting: [
      { id: 2, kind: "report", perhapsDelivered: false, notBefore: "2026-08-01T13:00:00.000Z" },
      { id: 3, kind: "alert", perhapsDelivered: true, notBefore: null },
    ],
    dead: [{ id: "D1", kind: "report", createdAt: "2026-08-01T09:00:00.000Z" }],
  });
});

test("where there is no state, nothing waits; where it cannot be kept, nothing is known", async () => {
  using directory = temporaryDirectory();
  const none = join(directory.path, "none");
  expect(await ran({ stateDir: none })).toMatchObject({
    code: 0,
    out: expect.stringContaining(`Nothing waits. ${none}: nothing is recorded there yet`),
  });
  writeFileSync(none, "no directory");
  expect(await ran({ stateDir: none })).toMatchObject({
    code: 0,
    out: expect.stringContaining(`Nothing is known to wait: ${none} is not a directory`),
  });
});

test("--retry sends what waits now, not-before times and a webhook that was gone notwithstanding", async () => {
  using directory = temporaryDirectory();
  fill(directory.path);
  await using discord = await fakeDiscord();
  const database = openFile(directory.path);
  markGone(database, webhookAt(discord.webhookUrl).url, start);
  database.close();
  const env = { DISCORD_WEBHOOK_URL: discord.webhookUrl, SERVER_METRICS_ALLOW_HOST: discord.host };
  expect(await ran({ stateDir: directory.path, retry: "" }, env)).toMatchObject({ code: 0 });
  expect(discord.messages).toHaveLength(2);
});

test("--retry without a webhook, a state or the lock says so", async () => {
  using directory = temporaryDirectory();
  const retry = async (stateDir: string) => {
    const { code, errors } = await ran({ stateDir, retry: "" });
    return [code, ...errors];
  };
  stateWith(directory.path, []);
  expect((await retry(directory.path)).join(" ")).toMatch(/^78 .*DISCORD_WEBHOOK_URL/);
  expect((await retry("/proc/nothing")).join(" ")).toStartWith("73 no state: /proc/nothing");
  const lock = takeLock(directory.path, virtualClock().now() + 60_000);
  expect(await retry(directory.path)).toEqual([75, "another run is in progress; try again in a minute"]);
  // Referred to until here, or it would be collected and be free.
  expect(lock).toMatchObject({ kind: "taken" });
});

test("--drop throws away one message, waiting or dead", async () => {
  using directory = temporaryDirectory();
  fill(directory.path);
  const codes: number[] = [];
  for (const drop of ["3", "d1", "3", "D1", "1", "x"]) codes.push((await ran({ stateDir: directory.path, drop })).code);
  expect(codes).toEqual([0, 0, 64, 64, 64, 64]);
  using database = openFile(directory.path);
  expect(waiting(database).map(({ id }) => id)).toEqual([2]);
});

const vm = {
  format: "prometheus",
  way: "import",
  address: "http://u:secret@vm:8428/x?key=secret",
  headers: {},
} as const;
const gateway = { ...vm, way: "pushgateway", address: "http://gateway/metrics/job/a" } as const;

test("lists exports that do not get through, by their host, and for programs all of them", async () => {
  using directory = temporaryDirectory();
  {
    using database = openFile(directory.path);
    const notBeforeMs = start + hourMs;
    setExport(database, vm, { ...newExport, sentMs: start - hourMs, notBeforeMs, reason: "answered 429" });
  }
  const listed = async (flags: Flags) => {
    const world = testWorld();
    await outbox(world, { ...defaultConfig, exports: [vm, gateway] }, { stateDir: directory.path, ...flags });
    return world.said.out;
  };
  expect(await listed({})).toBe(
    "     -  export to vm:8428; sent until 2026-08-01T11:00:00.000Z; answered 429; not before 2026-08-01T13:00:00.000Z\n",
  );
  expect(JSON.parse(await listed({ json: "" }))).toMatchObject({
    exports: [
      {
        to: "vm:8428",
        sentUntil: "2026-08-01T11:00:00.000Z",
        notBefore: "2026-08-01T13:00:00.000Z",
        reason: "answered 429",
      },
      { to: "gateway", sentUntil: null, notBefore: null, reason: null },
    ],
  });
});
