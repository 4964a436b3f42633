import { expect, test } from "bun:test";
import { chmodSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { check } from "../../lib/commands/check.ts";
import type { LoadedSettings } from "../../lib/settings/load.ts";
import type { ExportTarget } from "../../lib/settings/exports.ts";
import { changes } from "../../lib/metrics/changes.ts";
import { commit } from "../../lib/state/commit.ts";
import { noteInstallation } from "../../lib/state/installations.ts";
import { takeLock } from "../../lib/state/lock.ts";
import { Unavailable } from "../../lib/model/host.ts";
import type { World } from "../../lib/world.ts";
import { fakeDiscord } from "../support/fakeDiscord.ts";
import { fakeEngine } from "../support/fakeEngine.ts";
import { defaultConfig } from "../support/measure.ts";
import { emptyBox } from "../support/box.ts";
import { temporaryDirectory } from "../support/project.ts";
import { readings } from "../support/readings.ts";
import { testHost } from "../support/testHost.ts";
import { testWorld } from "../support/testWorld.ts";
import { openFile, runAt, start, stateWith } from "../support/stateFile.ts";
import { virtualClock } from "../support/virtualClock.ts";

const good: LoadedSettings = { ok: true, value: defaultConfig, file: null };

/** Runs the check against a fake Discord; returns the code and the lines. */
async function checked(stateDir: string, more: Partial<World> = {}, settings = good, box = emptyBox()) {
  await using discord = await fakeDiscord();
  const env = { DISCORD_WEBHOOK_URL: discord.webhookUrl, SERVER_METRICS_ALLOW_HOST: discord.host };
  const world = testWorld({ env, ...more });
  const code: number = await check(world, { stateDir }, settings, box);
  expect(world.said.out).not.toContain(discord.token);
  expect(discord.messages).toEqual([]);
  const [head = "", , ...lines] = world.said.out.trimEnd().split("\n");
  const bad = lines.filter((line) => /^[■▲] /.test(line)).length;
  const worst = lines.some((line) => line.startsWith("■ ")) ? "■" : "▲";
  expect(head).toStartWith(bad === 0 ? "● unnamed server  works " : `${worst} unnamed server  ${bad} problem`);
  return { code, lines };
}

/** An answer of Discord's that carries a date. */
const answering = (date: string, status = 200, body: unknown = { id: "112233445566778899" }): Partial<World> => ({
  fetch: () => Promise.resolve(Response.json(body, { status, headers: { Date: new Date(date).toUTCString() } })),
});

test("all is well: a line each, and nothing posted", async () => {
  using directory = temporaryDirectory();
  const lines = [
    "  Settings  none, all defaults",
    "  Webhook   112233445566778899 answers",
    `  State     ${directory.path}`,
    "  Lock      free",
    "  Schedule  none: run server-metrics install",
  ];
  stateWith(directory.path, []);
  expect(await checked(directory.path)).toEqual({ code: 0, lines });
});

test.each<[string, Partial<World>, number, string]>([
  ["no webhook", { env: {} }, 78, "■ Webhook "],
  ["a webhook that is gone", answering("2026-08-01T12:00:00Z", 404, { code: 10_015 }), 69, "■ Webhook "],
  ["a server that is out of order", answering("2026-08-01T12:00:00Z", 502), 75, "■ Webhook "],
  ["a clock that is behind", answering("2026-08-01T13:00:00Z"), 75, "▲ Clock     1 h behind Discord"],
  ["a clock that is ahead", answering("2026-08-01T09:00:00Z"), 75, "▲ Clock     3 h ahead of Discord"],
])("%s is said", async (_, more, code, line) => {
  using directory = temporaryDirectory();
  const result = await checked(directory.path, more);
  expect(result.code).toBe(code);
  const bad = result.lines.filter((one) => /^[■▲] /.test(one));
  expect(bad).toHaveLength(1);
  expect(bad[0]).toStartWith(line);
});

test("a clock that agrees is said, too", async () => {
  using directory = temporaryDirectory();
  const { lines } = await checked(directory.path, answering("2026-08-01T12:00:30Z"));
  expect(lines).toContain("  Clock     in sync with Discord");
});

test("files whose changes this user cannot see are listed once, and what all are is not said besides", async () => {
  using directory = temporaryDirectory();
  const database = openFile(directory.path);
  const kept = await changes.collect(
    testHost({
      files: { "/etc/passwd": "root:x:0:0::/root:/bin/bash\n", "/etc/sudoers": new Unavailable("closed", true) },
      proc: { "net/tcp": "" },
    }),
    defaultConfig,
    { before: null, clock: virtualClock(), isErrand: false },
  );
  const run = runAt(start);
  commit(database, { ...run, snapshot: { takenAtMs: start, readings: readings({ changes: kept }) } });
  database.close();
  const { code, lines } = await checked(directory.path);
  expect(code).toBe(0);
  expect(lines).toContain("  Changes   not seen, because not readable or too many: /etc/sudoers");
  const box = emptyBox();
  const other = { ...box, executable: { ...box.executable, isRoot: false } };
  expect((await checked(directory.path, {}, good, other)).lines.join("\n")).not.toContain("keys and crontabs");
});

test("every problem of the settings has its line", async () => {
  const { code, lines } = await checked(
    "none",
    {},
    { ok: false, problems: ["splay: too long", "name: empty"], file: null },
  );
  expect(code).toBe(78);
  expect(lines.slice(0, 2)).toEqual(["■ Settings  splay: too long", "■ Settings  name: empty"]);
  expect(lines).toContain("  State     off, as configured");
});

test("a state that cannot be used is said with its reason", async () => {
  using directory = temporaryDirectory();
  chmodSync(directory.path, 0o777);
  const { code, lines } = await checked(directory.path);
  expect(code).toBe(73);
  expect(lines.join("\n")).toContain(`■ State     ${directory.path} may be written to by other users`);
});

test("a place where nothing is yet is left so, and what is above it must be writable", async () => {
  using directory = temporaryDirectory();
  const place = join(directory.path, "a/b");
  const says = `  State     ${place}; not created yet, the first report does that`;
  expect(await checked(place)).toMatchObject({ code: 0, lines: expect.arrayContaining([says]) });
  expect(readdirSync(directory.path)).toEqual([]);
  const file = join(directory.path, "file");
  writeFileSync(file, "");
  const { code, lines } = await checked(join(file, "state"));
  expect({ code, lines: lines.join("\n") }).toMatchObject({
    code: 73,
    lines: expect.stringContaining("is not a directory"),
  });
});

test("a run that should have ended long ago is a problem", async () => {
  using directory = temporaryDirectory();
  stateWith(directory.path, []);
  const lock = takeLock(directory.path, virtualClock().now() - 1000);
  const { code, lines } = await checked(directory.path);
  expect({ code, lines: lines.join("\n") }).toMatchObject({
    code: 73,
    lines: expect.stringContaining(`■ Lock      ${directory.path}/lock.db is held by a run that should have ended`),
  });
  // Referred to until here, or it would be collected and be free.
  expect(lock).toMatchObject({ kind: "taken" });
});

test("two installations that post to two webhooks with one state are a problem", async () => {
  using directory = temporaryDirectory();
  stateWith(directory.path, []);
  using database = openFile(directory.path);
  const nowMs = virtualClock().now();
  noteInstallation(database, { settingsFile: "/a.toml", webhookUrl: "https://other" }, nowMs);
  const { code, lines } = await checked(directory.path);
  expect({ code, lines: lines.join("\n") }).toMatchObject({
    code: 78,
    lines: expect.stringContaining("■ State     the installation of /a.toml posts to another webhook"),
  });
});

test("a run that is at work is no problem", async () => {
  using directory = temporaryDirectory();
  const lock = takeLock(directory.path, virtualClock().now() + 60_000);
  const { code, lines } = await checked(directory.path);
  expect(code).toBe(0);
  expect(lines).toContain("  Lock      held by another run");
  // Referred to until here, or it would be collected and be free.
  expect(lock).toMatchObject({ kind: "taken" });
});

test("an executable with a webhook inside must be its owner's alone", async () => {
  using directory = temporaryDirectory();
  const programFile = join(directory.path, "program");
  writeFileSync(programFile, "");
  chmodSync(programFile, 0o755);
  const baked = { webhook: "https://discord.com/api/webhooks/112233445566778899/token" };
  const { code, lines } = await checked("none", { programFile, baked });
  expect(code).toBe(78);
  const says = "■ Program   mode 0755 lets other users read the webhook";
  expect(lines.slice(lines.indexOf(says)).slice(0, 2)).toEqual([says, `            chmod 700 ${programFile}`]);
  expect(await checked("none", { programFile })).toMatchObject({ code: 0 });
  chmodSync(programFile, 0o700);
  expect(await checked("none", { programFile, baked })).toMatchObject({ code: 0 });
});

test("the settings file that counts is named, and must be its owner's alone when secrets are in it", async () => {
  using directory = temporaryDirectory();
  const file = join(directory.path, "server-metrics.toml");
  writeFileSync(file, "");
  const heartbeat = "https://hc.example/secret";
  for (const [mode, settings, line] of [
    [0o644, {}, `  Settings  ${file}; mode 0644, owner ${process.getuid?.()}`],
    [0o600, { heartbeat }, `  Settings  ${file}; mode 0600, owner ${process.getuid?.()}`],
    [0o640, { heartbeat }, `■ Settings  ${file}: mode 0640 lets other users read the secrets in it`],
  ] as const) {
    chmodSync(file, mode);
    const { code, lines } = await checked("none", {}, { ok: true, value: { ...defaultConfig, ...settings }, file });
    // A row with a longer name makes the column wider.
    expect(lines[0]?.replace("Settings   ", "Settings  ")).toBe(line);
    expect(code).toBe(line.startsWith("■ ") ? 78 : 0);
  }
});

/** Checks a machine that exports there. */
const checkedWith = (directory: string, ...exports: readonly ExportTarget[]) =>
  checked(directory, {}, { ok: true, value: { ...defaultConfig, exports }, file: null });

const engineAt = (address: string): ExportTarget => ({
  format: "otlp-json",
  way: "otlp",
  address: address.replace("//", "//user:secret@"),
  headers: { Authorization: "Bearer secret" },
});

test.each([
  [{ status: 204 }, 0, "  Export    HOST answers"],
  [{ status: 405 }, 0, "  Export    HOST answers"],
  [{ status: 401 }, 75, "▲ Export    HOST: answered 401"],
  [{ status: 302, headers: { location: "/login" } }, 75, "▲ Export    HOST: answered 302"],
])("an engine that answers %j is asked without a number, and said by its host alone", async (answer, code, line) => {
  using directory = temporaryDirectory();
  using engine = fakeEngine();
  engine.script(answer);
  const found = await checkedWith(directory.path, engineAt(engine.at("/v1/metrics?key=secret")));
  expect(found.code).toBe(code);
  expect(found.lines).toContain(line.replace("HOST", new URL(engine.at("")).host));
  expect(found.lines.join()).not.toContain("secret");
  expect(engine.requests).toMatchObject([{ method: "GET", path: "/v1/metrics?key=secret", text: "" }]);
  expect(engine.requests[0]?.headers.get("authorization")).toBe("Bearer secret");
});

test("an engine that is not there, and a file that has no place, are said each", async () => {
  using directory = temporaryDirectory();
  const file = (address: string): ExportTarget => ({ format: "prometheus", way: "file", address, headers: {} });
  const place = join(directory.path, "a.prom");
  const found = await checkedWith(
    directory.path,
    engineAt("http://127.0.0.1:9/v1/metrics"),
    file(place),
    file(join(directory.path, "none/a.prom")),
    file("/dev/null"),
  );
  expect(found.code).toBe(75);
  expect(found.lines.filter((line) => line.includes("Export"))).toEqual([
    "▲ Export    127.0.0.1:9: connection refused",
    `  Export    ${place} can be written`,
    `▲ Export    ${directory.path}/none/a.prom: its directory does not exist`,
    "▲ Export    /dev/null: is not a regular file",
  ]);
  expect(readdirSync(directory.path)).not.toContain("a.prom");
});

test("for programs there is JSON", async () => {
  using directory = temporaryDirectory();
  const world = testWorld();
  expect(await check(world, { stateDir: directory.path, json: "" }, good, emptyBox())).toBe(78);
  expect(JSON.parse(world.said.out)).toMatchObject({
    schema: 1,
    ok: false,
    findings: [{ what: "settings", ok: true }, { what: "webhook", ok: false }, { what: "state" }, { what: "schedule" }],
  });
  expect(readdirSync(directory.path)).toEqual([]);
});

test("with a schedule it says what status says of it, and what this user cannot see", async () => {
  using directory = temporaryDirectory();
  stateWith(directory.path, [], virtualClock().now());
  const refused = new Unavailable("/var/run/docker.sock may not be read by this user");
  const host = testHost({
    proc: { "1/comm": "init", "9/comm": "crond" },
    getUnix: { "/var/run/docker.sock /_ping": refused },
  });
  const machine = { host, clock: virtualClock() };
  const box = emptyBox(false, "*/5 * * * * /opt/server-metrics\n");
  const { code, lines } = await checked(directory.path, { machine, programFile: "/opt/server-metrics" }, good, box);
  expect(lines.slice(4)).toEqual([
    "  Schedule  your crontab: */5 * * * * /opt/server-metrics; version 1.2.3",
    `■ Last run  none on record`,
    "  Next run  in 5 min",
    "  Waiting   nothing",
    "  Unseen    to this user, only to root: Docker containers, disk SMART data, other users' keys and crontabs",
  ]);
  expect(code).toBe(75);
});
