import { expect, test } from "bun:test";
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import type { Flags } from "../../lib/cli/parse.ts";
import { status } from "../../lib/commands/status/status.ts";
import type { Box } from "../../lib/install/box.ts";
import { serviceUnit, timerUnit } from "../../lib/install/units.ts";
import type { LoadedSettings } from "../../lib/settings/load.ts";
import { parseWebhook } from "../../lib/settings/webhook.ts";
import { addDeadLetter } from "../../lib/state/deadLetters.ts";
import { noteHeartbeat } from "../../lib/state/heartbeat.ts";
import { endFailure, noteFailure } from "../../lib/state/failure.ts";
import { markGone, setValue } from "../../lib/state/keyValue.ts";
import { takeLock } from "../../lib/state/lock.ts";
import { writeMute } from "../../lib/state/mutes.ts";
import { postpone, waiting } from "../../lib/state/outbox.ts";
import { remedies } from "../../lib/words/commands.ts";
import { en } from "../../lib/words/en.ts";
import { ja } from "../../lib/words/ja.ts";
import type { World } from "../../lib/world.ts";
import { defaultConfig } from "../support/measure.ts";
import { temporaryDirectory } from "../support/project.ts";
import { minuteMs, openFile, stateWith } from "../support/stateFile.ts";
import { type TestMachine, testHost } from "../support/testHost.ts";
import { testWorld } from "../support/testWorld.ts";
import { virtualClock } from "../support/virtualClock.ts";

const nowMs = virtualClock().now();
const program = "/opt/server-metrics";
const line = `*/5 * * * * ${program} --splay=20 # server-metrics install`;
const webhook = "https://discord.com/api/webhooks/112233445566778899/secret-token";
const found = parseWebhook(webhook, []);
const address = found.ok ? found.value.url : "";
const settings: LoadedSettings = { ok: true, value: { ...defaultConfig, webhook, timezone: "UTC" }, file: null };
const withCron = { "1/comm": "init\n", "42/comm": "cron\n" };

/** Of a machine that runs well: what is broken about it. */
interface Broken {
  readonly crontab?: string;
  readonly units?: Readonly<Record<string, string>>;
  readonly isActive?: boolean;
  readonly installedMs?: number | null;
  readonly proc?: Readonly<Record<string, string>>;
  readonly files?: TestMachine["files"];
  readonly run?: TestMachine["run"];
  readonly world?: Partial<World>;
  readonly settings?: LoadedSettings;
  /** Of the terminal that it is told in. */
  readonly columns?: number;
  /** Changes the state of a run three minutes ago. */
  readonly state?: (directory: string) => unknown;
}

function boxOf({ crontab = `${line}\n`, units = {}, isActive = true, installedMs = null }: Broken): Box {
  return {
    crontab: {
      read: async () => crontab,
      write: async () => undefined,
      findTimeout: async () => null,
      findLogger: () => null,
      setsVariables: () => true,
    },
    openSystemd: (scope) => ({
      directory: `/${scope}`,
      read: (name) => (scope === "system" ? (units[name] ?? null) : null),
      write: () => undefined,
      remove: () => undefined,
      probe: async () => undefined,
      control: async () => {
        if (!isActive) throw new Error("inactive");
      },
    }),
    executable: { isCompiled: true, isRoot: true, isOthers: () => false },
    installed: { note: () => undefined, at: () => installedMs },
  };
}

/** What `status` says of such a machine. */
async function told(broken: Broken = {}, options: { readonly json?: string } = {}) {
  using directory = temporaryDirectory();
  const stateDir = join(directory.path, "state");
  mkdirSync(stateDir, { mode: 0o700 });
  stateWith(stateDir, ["card"], nowMs - 3 * minuteMs);
  const lock = broken.state?.(stateDir);
  const machine = {
    host: testHost({ proc: broken.proc ?? withCron, files: broken.files ?? {}, run: broken.run ?? {} }),
    clock: virtualClock(),
  };
  const world = testWorld({ programFile: program, machine, ...broken.world });
  const { columns } = broken;
  const seen = columns === undefined ? world : { ...world, output: { ...world.output, isTerminal: true, columns } };
  const code: number = await status(seen, { stateDir, ...options }, broken.settings ?? settings, boxOf(broken));
  expect(world.said.out).not.toContain("secret-token");
  // A lock that nobody refers to is collected, and free.
  return { code, lock, out: world.said.out.replaceAll(directory.path, "DIR") };
}

const change = (directory: string, edit: (database: ReturnType<typeof openFile>) => void) => {
  const database = openFile(directory, nowMs);
  edit(database);
  database.close();
};

/** The card of the state has been delivered. */
const delivered = (directory: string) => change(directory, (database) => database.run("DELETE FROM outbox"));

test("a machine on which all runs: exit 0, a line each", async () => {
  const { code, out } = await told({ state: delivered });
  expect({ code, lines: out.trimEnd().split("\n") }).toEqual({
    code: 0,
    lines: [
      "● unnamed server  runs                                      server-metrics 1.2.3",
      "",
      `  Schedule  your crontab: ${line}; version 1.2.3`,
      "  State     DIR/state",
      "  Last run  3 min ago",
      "  Card      3 min ago",
      "  Next run  in 5 min",
      "  Waiting   nothing",
      "  Refused   nothing",
    ],
  });
});

const systemd = { scope: "system", words: [program, "--splay=0"], stateDirectory: null, timeoutSeconds: 90 } as const;
const units = { "server-metrics.service": serviceUnit(systemd), "server-metrics.timer": timerUnit };

/** A broken set-up, and the line that must tell of it. */
const table: readonly (readonly [string, Broken, string])[] = [
  ["cron stopped", { proc: { "1/comm": "init\n" } }, "Schedule  your crontab: cron is not running: "],
  [
    "the timer stopped",
    { crontab: "", units, isActive: false },
    "Schedule  /system/server-metrics.timer: the timer is not active",
  ],
  ["no schedule", { crontab: "" }, "Schedule  none\n            server-metrics install\n"],
  [
    "three looks missed",
    {
      state: (directory) =>
        change(directory, (database) => setValue(database, "run_times", JSON.stringify([nowMs - 20 * minuteMs]))),
    },
    "Last run  20 min ago, and the next three are overdue",
  ],
  [
    "webhook deleted",
    { state: (directory) => change(directory, (database) => markGone(database, address, nowMs - minuteMs)) },
    "Webhook   deleted in Discord, known since 11:59: create a new one",
  ],
  [
    "disk full: the last runs failed",
    {
      state: (directory) =>
        change(directory, (database) => noteFailure(database, nowMs - minuteMs, 73, "no state: the disk is full")),
    },
    "Failure   1 min ago: no state: the disk is full (exit 73)",
  ],
  [
    "state removed",
    { state: (directory) => rmSync(directory, { recursive: true }) },
    "Last run  none on record in DIR/state",
  ],
  [
    "state that others may change",
    { state: (directory) => chmodSync(directory, 0o777) },
    "State     DIR/state may be written to by other users",
  ],
  [
    "state of another machine",
    {
      files: { "/etc/machine-id": "0123456789abcdef0123456789abcdef\n" },
      state: (directory) => change(directory, (database) => setValue(database, "owner", "another")),
    },
    "Last run  none on record",
  ],
  [
    "binary removed",
    { world: { programFile: "/elsewhere/server-metrics" } },
    `Schedule  your crontab: ${program} cannot be started: ${line}`,
  ],
  [
    "clock set back",
    {
      state: (directory) =>
        change(directory, (database) => setValue(database, "run_times", JSON.stringify([nowMs + 60 * minuteMs]))),
    },
    "Last run  at 13:00, 1 h in the future: the clock was set back",
  ],
  [
    "clock wrong",
    { state: (directory) => change(directory, (database) => setValue(database, "clock_off_seconds", "-300")) },
    "Clock     5 min behind Discord\n            timedatectl set-ntp true",
  ],
  [
    "holder stopped",
    { state: (directory) => takeLock(directory, nowMs - minuteMs) },
    "State     DIR/state/lock.db is held by a run that should have ended",
  ],
  [
    "two schedules of one state",
    { files: { "/etc/cron.d/metrics": `*/30 * * * * root ${program}\n` } },
    "Schedule  2 schedules post cards and share one state (your crontab, /etc/cron.d/metrics): remove one",
  ],
  [
    "settings of another user",
    { settings: { ok: false, problems: ["settings file /a may be changed by others"], file: "/a" } },
    "Settings  settings file /a may be changed by others",
  ],
  [
    "a message refused",
    {
      state: (directory) =>
        change(directory, (database) => {
          for (const row of waiting(database)) addDeadLetter(database, row, "400, code 50035", null);
        }),
    },
    "Refused   1 message in the last 7 days: 400, code 50035",
  ],
  [
    "heartbeat gone",
    {
      settings: {
        ok: true,
        value: { ...defaultConfig, webhook, heartbeat: "https://hc.example/ping/secret-token" },
        file: null,
      },
      state: (directory) =>
        change(directory, (database) => noteHeartbeat(database, "answered 404", nowMs - 60 * minuteMs)),
    },
    "Heartbeat  hc.example: failing for 1 h: answered 404",
  ],
  ["a line that cannot be read", { crontab: `99 * * * * ${program}\n` }, "Schedule  your crontab: the minute must be"],
];

test.each(table)("%s: exit 75, and a line says so", async (_, broken, says) => {
  const { code, out } = await told(broken);
  expect(code).toBe(75);
  expect(out).toMatch(new RegExp(`^[■▲] ${says.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`, "m"));
});

test.each([
  ["English", en],
  ["Japanese", ja],
])("in a terminal of 80 columns, in %s, no line is longer, and each remedy stands alone", async (_, words) => {
  const { out } = await told({
    proc: { "1/comm": "init\n" },
    settings: { ok: true, value: { ...defaultConfig, heartbeat: "https://hc.example/ping/secret-token" }, file: null },
    world: { words },
    columns: 80,
    state: (directory) =>
      change(directory, (database) => {
        setValue(database, "clock_off_seconds", "-300");
        setValue(database, "run_times", JSON.stringify([nowMs - 20 * minuteMs]));
        noteFailure(database, nowMs - minuteMs, 75, "not delivered: the webhook's host could not be resolved, again");
        noteHeartbeat(database, "answered 404", nowMs - 60 * minuteMs);
        for (const row of waiting(database)) addDeadLetter(database, row, "400, code 50035", null);
      }),
  });
  const lines = Bun.stripANSI(out).trimEnd().split("\n");
  expect(lines.filter((one) => Bun.stringWidth(one) > 80)).toEqual([]);
  expect(lines[0]).toStartWith("■ ");
  expect(lines.filter((one) => one.startsWith("▲ "))).toHaveLength(3);
  for (const remedy of [remedies.cron, remedies.clock, remedies.refused]) {
    expect(lines.map((one) => one.trim())).toContain(remedy);
  }
});

test("a webhook that was deleted and replaced is no problem any more, and what was kept waits", async () => {
  const failure = "1 min ago: not delivered: 404 (exit 69)";
  const replaced = await told({
    state: (directory) =>
      change(directory, (database) => {
        markGone(database, webhook.replace("secret", "old"), nowMs - minuteMs);
        noteFailure(database, nowMs - minuteMs, 69, "not delivered: 404");
        const [row] = waiting(database);
        postpone(database, row?.id ?? 0, { reason: "404, the webhook is gone", notBeforeMs: 0, ambiguous: false });
      }),
  });
  expect(replaced.code).toBe(0);
  expect(replaced.out).toContain(`  Failure   ${failure}; another webhook is set since then: the next run tries it\n`);
  expect(replaced.out).toContain("  Waiting   1 message; the oldest 3 min ago; 404,");
  expect(replaced.out).toContain("  Card      3 min ago; not delivered yet");
});

test("two schedules with states of their own are told, and may be meant; looks without cards are no second one", async () => {
  const two = await told({ state: delivered, files: { "/var/spool/cron/crontabs/bob": `${line}\n` } });
  expect(two.code).toBe(0);
  expect(two.out).toContain(
    "  Schedule  2 schedules (your crontab, the crontab of bob) with separate state: each posts its own cards and alerts\n",
  );
  const looks = await told({ state: delivered, crontab: `${line}\n* * * * * ${program} --only-changes\n` });
  expect(looks.code).toBe(0);
});

test("a card that was refused is not told as one that arrived", async () => {
  const refused = await told({
    state: (directory) =>
      change(directory, (database) => {
        for (const row of waiting(database)) addDeadLetter(database, row, "400, code 50035", null);
      }),
  });
  expect(refused.out).toContain("  Card      3 min ago; refused as it was\n");
});

test("what was installed a moment ago has not run yet, and need not", async () => {
  const removed = (directory: string) => rmSync(directory, { recursive: true });
  const soon = await told({ state: removed, installedMs: nowMs - minuteMs });
  expect(soon.code).toBe(0);
  expect(soon.out).toContain("  Last run  none yet: installed 1 min ago\n");
  const late = await told({ state: removed, installedMs: nowMs - 20 * minuteMs });
  expect(late.code).toBe(75);
  const anew = (directory: string) =>
    change(directory, (database) => setValue(database, "run_times", JSON.stringify([nowMs - 999 * minuteMs])));
  expect((await told({ state: anew, installedMs: nowMs - minuteMs })).out).toContain("  Last run  16 h 39 min ago\n");
});

test("the settings that the schedule names are the ones that are read", async () => {
  const readText = async (path: string) => (path === "/etc/sm.toml" ? 'heartbeat = "https://beat.example/x"' : "");
  const machine = { host: testHost({ proc: withCron }), clock: virtualClock() };
  const box = boxOf({ crontab: `*/5 * * * * ${program} --config=/etc/sm.toml --state-dir=none\n` });
  const saidOf = async (flags: Flags) => {
    const world = testWorld({ programFile: program, machine, readText });
    await status(world, flags, settings, box);
    return world.said.out;
  };
  expect(await saidOf({})).toContain("  Heartbeat  to beat.example\n");
  expect(await saidOf({ config: "/mine.toml" })).not.toContain("beat.example");
});

test("another version than this one is told, and a failure that is over is no problem", async () => {
  const { code, out } = await told({
    world: { programFile: "/elsewhere/server-metrics" },
    run: { [`${program} --version`]: "server-metrics 0.1.0\n" },
    state: (directory) => {
      delivered(directory);
      change(directory, (database) => {
        for (const before of [9, 8]) noteFailure(database, nowMs - before * minuteMs, 75, "not delivered: 502");
        endFailure(database);
      });
    },
  });
  expect(code).toBe(0);
  expect(out).toContain("; version 0.1.0\n");
  expect(out).toContain(
    "  Failure   2 runs in the last 9 min, most recently 8 min ago: not delivered: 502 (exit 75); resolved\n",
  );
});

test("what is muted is told, and until when", async () => {
  const mute = (target: string, untilMs: number | null) => ({ target, sinceMs: nowMs, untilMs, why: null });
  const { code, out } = await told({
    state: (directory) =>
      change(directory, (database) => {
        writeMute(database, mute("load", nowMs + 60 * minuteMs));
        writeMute(database, mute("storage_used /mnt", null));
      }),
  });
  expect(code).toBe(0);
  expect(out).toContain("  Muted     load until 13:00, storage_used /mnt until it is over\n");
});

test("root starts no program that others may change, not even for its version", async () => {
  const world = { programFile: "/elsewhere/server-metrics", isUnsafe: () => true };
  expect((await told({ world })).out).toContain(`  Schedule  your crontab: ${line}\n`);
});

test("the state that the schedule names is the one that is read", async () => {
  using directory = temporaryDirectory();
  stateWith(directory.path, ["card"], nowMs - minuteMs);
  const world = testWorld({
    programFile: program,
    machine: { host: testHost({ proc: withCron }), clock: virtualClock() },
  });
  await status(world, {}, settings, boxOf({ crontab: `*/5 * * * * ${program} --state-dir=${directory.path}\n` }));
  expect(world.said.out).toContain("  Last run  1 min ago\n");
});

test("where times cannot be told, the runs so far say how far apart they are", async () => {
  const crontab = `@reboot ${program}\n`;
  const ran = (minutes: readonly number[]) => (directory: string) =>
    change(directory, (database) =>
      setValue(database, "run_times", JSON.stringify(minutes.map((ago) => nowMs - ago * minuteMs))),
    );
  expect((await told({ crontab, state: ran([12, 8, 4]) })).code).toBe(0);
  expect((await told({ crontab, state: ran([48, 44, 40]) })).out).toContain(
    "■ Last run  40 min ago, and the next three",
  );
});

test("for programs there is JSON", async () => {
  const { out } = await told({ state: delivered }, { json: "" });
  expect(JSON.parse(out)).toMatchObject({
    schema: 1,
    ok: true,
    version: "1.2.3",
    schedules: [{ place: "your crontab", times: "*/5 * * * *", program, version: "1.2.3", isStarted: true }],
    lastLook: "2026-08-01T11:57:00.000Z",
    lastCard: "2026-08-01T11:57:00.000Z",
    nextDue: "2026-08-01T12:05:00.000Z",
    lastFailure: null,
    waiting: 0,
    refused: 0,
    muted: [],
    findings: expect.arrayContaining([{ what: "refused", ok: true, says: "nothing", code: 0 }]),
  });
});
