import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";

import type { Flags } from "../../lib/cli/parse.ts";
import { install } from "../../lib/commands/install.ts";
import { uninstall } from "../../lib/commands/uninstall.ts";
import { asBytes, type Box } from "../../lib/install/box.ts";
import { Unavailable } from "../../lib/model/host.ts";
import type { Config } from "../../lib/settings/config.ts";
import { noteInstallation } from "../../lib/state/installations.ts";
import type { World } from "../../lib/world.ts";
import { defaultConfig } from "../support/measure.ts";
import { quoted, temporaryDirectory } from "../support/project.ts";
import { openFile, stateWith } from "../support/stateFile.ts";
import { testHost } from "../support/testHost.ts";
import { testWorld } from "../support/testWorld.ts";
import { virtualClock } from "../support/virtualClock.ts";

const file = "/opt/server-metrics";
const secret = "https://discord.com/api/webhooks/112233445566778899/secret-token";
const config: Config = { ...defaultConfig, webhook: secret };
const every30 = { cron: "*/30 * * * *" };

interface Given {
  readonly crontab?: string | Error;
  readonly units?: Readonly<Record<string, string>>;
  readonly systemctl?: Error;
  readonly executable?: Partial<Box["executable"]>;
  readonly logger?: string;
  /** Whether its cron gives the variables of a crontab on. */
  readonly setsVariables?: boolean;
}

/** A machine that remembers its crontab, its units, and what systemctl was asked for. */
function testBox({ crontab = "", units = {}, systemctl, executable, logger, setsVariables = true }: Given = {}) {
  const has = {
    crontab,
    units: { ...units } as Record<string, string>,
    asked: new Array<string>(),
    writes: 0,
    noted: 0,
  };
  const box: Box = {
    crontab: {
      read: async () => {
        if (has.crontab instanceof Error) throw has.crontab;
        return has.crontab;
      },
      write: async (text) => {
        has.crontab = text;
        has.writes += 1;
      },
      findTimeout: async () => "/usr/bin/timeout",
      findLogger: () => logger ?? null,
      setsVariables: () => setsVariables,
    },
    openSystemd: (scope) => ({
      directory: `/${scope}`,
      read: (name) => has.units[name] ?? null,
      write: (name, text) => void (has.units[name] = text),
      remove: (name) =>
        void (has.units = Object.fromEntries(Object.entries(has.units).filter(([one]) => one !== name))),
      probe: async () => {
        if (systemctl) throw systemctl;
      },
      control: async (...args) => {
        has.asked.push(args.join(" "));
        if (systemctl) throw systemctl;
      },
    }),
    executable: { isCompiled: true, isRoot: true, isOthers: () => false, ...executable },
    installed: {
      note: () => {
        has.noted += 1;
      },
      at: () => null,
    },
  };
  return { box, has };
}

type TestBox = ReturnType<typeof testBox>;

async function installed(flags: Flags, { box }: TestBox = testBox(), more: Partial<World> = {}, settings = config) {
  const world = testWorld({ programFile: file, ...more });
  const code: number = await install(world, settings, flags, box);
  expect(JSON.stringify(world.said)).not.toContain("secret-token");
  return { code, ...world.said };
}

/** On a machine where nothing was remembered. */
async function uninstalled({ box }: TestBox, flags: Flags = {}, programFile = file) {
  const world = testWorld({ programFile, env: { SERVER_METRICS_STATE_DIR: "none" } });
  const code: number = await uninstall(world, flags, { ok: true, value: config, file: null }, box);
  return { code, ...world.said };
}

const stays = `what stays: ${file} (the program)\n`;
const line = "*/30 * * * * /usr/bin/timeout -s KILL 110 /opt/server-metrics --splay=20 # server-metrics install\n";

test("--cron adds one line, changes nothing the second time, and uninstall takes it back", async () => {
  const box = testBox({ crontab: "MAILTO=you\n" });
  expect(await installed(every30, box)).toMatchObject({ code: 0, out: `installed, in your crontab:\n${line}` });
  expect(box.has.crontab).toBe(`MAILTO=you\n${line}`);
  expect(await installed(every30, box)).toMatchObject({ code: 0, out: `installed already, in your crontab:\n${line}` });
  expect(box.has.writes).toBe(1);
  expect(await uninstalled(box)).toMatchObject({ code: 0, out: `removed the line in your crontab\n${stays}` });
  expect(box.has.crontab).toBe("MAILTO=you\n");
  expect(await uninstalled(box)).toMatchObject({ code: 0, out: `nothing is installed\n${stays}` });
});

test("options are handed on, those of the environment too, with paths that hold anywhere", async () => {
  const env = { SERVER_METRICS_NAME: "web é", SERVER_METRICS_STATE_DIR: "none", SERVER_METRICS_CONFIG: "" };
  const flags = {
    ...every30,
    config: relative(process.cwd(), "/opt/my.toml"),
    onlyChanges: "",
    layout: "classic",
    splay: "0",
  };
  const { out } = await installed(flags, testBox(), { env }, { ...config, splaySeconds: 0 });
  expect(out).toContain(
    ` -s KILL 90 ${file} --config=/opt/my.toml --state-dir=none '--name=web é' --only-changes ` +
      "--layout=classic --splay=0 # ",
  );
});

test("a line goes into the crontab byte by byte", async () => {
  const box = testBox({ crontab: "# caf\u00c3\u00a9\n" });
  await installed({ ...every30, name: "é" }, box);
  expect(Buffer.from(String(box.has.crontab), "latin1").toString()).toMatch(/^# café\n.*'--name=é'/);
});

test("the splay of the settings holds", async () => {
  const { out } = await installed(every30, testBox(), {}, { ...config, splaySeconds: 100 });
  expect(out).toContain(`KILL 190 ${file} --splay=100 #`);
});

test("--systemd writes the units and starts the timer; again it only makes sure; uninstall takes all back", async () => {
  const box = testBox();
  const { code, out } = await installed({ systemd: "" }, box);
  expect(code).toBe(0);
  expect(out).toStartWith(
    "installed:\n/system/server-metrics.service\n/system/server-metrics.timer\nTo post a card now: ",
  );
  expect(box.has.units["server-metrics.service"]).toContain(`\nExecStart=${file} --card-every=30m --splay=20\n`);
  expect(box.has.units["server-metrics.timer"]).toContain("\nOnCalendar=*:0/5\n");
  expect(box.has.noted).toBe(1);
  const start = ["daemon-reload", "enable server-metrics.timer", "restart server-metrics.timer"];
  expect(box.has.asked.splice(0)).toEqual(start);
  expect((await installed({ systemd: "" }, box)).out).toStartWith("installed already:\n");
  expect(box.has.asked.splice(0)).toEqual([start[1]!, "start server-metrics.timer"]);
  expect((await uninstalled(box)).out).toStartWith(
    "removed /system/server-metrics.timer, /system/server-metrics.service\n",
  );
  expect(box.has.asked).toEqual(["disable --now server-metrics.timer", "daemon-reload"]);
  expect(box.has.units).toEqual({});
});

test("an installation that posts elsewhere with the same state is refused, unless it is to be replaced", async () => {
  using directory = temporaryDirectory();
  stateWith(directory.path, []);
  const database = openFile(directory.path);
  noteInstallation(database, { settingsFile: "/a.toml", webhookUrl: "https://other" }, virtualClock().now());
  database.close();
  const flags = { ...every30, stateDir: directory.path };
  const box = testBox();
  for (const way of [flags, { systemd: "", stateDir: directory.path }]) {
    const { code, errors } = await installed(way, box);
    expect({ code, errors }).toEqual({
      code: 73,
      errors: [
        "the installation of /a.toml posts to another webhook with the same state: name another directory with --state-dir, or --replace the other",
      ],
    });
  }
  expect(box.has.writes).toBe(0);
  expect(box.has.units).toEqual({});
  expect((await installed({ ...flags, replace: "" }, box)).code).toBe(0);
});

test("a user gets units of their own, and hears that they end with the session", async () => {
  const { out } = await installed({ systemd: "" }, testBox({ executable: { isRoot: false } }));
  expect(out).toStartWith("installed:\n/user/server-metrics.service\n");
  expect(out).toContain("loginctl enable-linger");
});

test("one schedule takes the other's place when that is asked for, and says so", async () => {
  const box = testBox();
  await installed(every30, box);
  const refused = await installed({ systemd: "" }, box);
  expect(refused).toMatchObject({
    code: 73,
    out: "",
    errors: [`your crontab has: ${line.trim()}; --replace puts this one in its place`],
  });
  expect(box.has.units).toEqual({});
  const timer = await installed({ systemd: "", replace: "" }, box);
  expect(timer.out).toStartWith(`replaced: ${line}installed:\n`);
  expect(box.has.crontab).toBe("");
  expect((await installed(every30, box)).errors).toEqual([
    expect.stringMatching(/^\/system\/server-metrics\.timer has: OnCalendar=.*; --replace puts this one in its place$/),
  ]);
  const { out } = await installed({ ...every30, replace: "" }, box);
  expect(out).toStartWith(
    "removed /system/server-metrics.timer, /system/server-metrics.service; installed, in your crontab:",
  );
});

test("without arguments: a look every 5 minutes, a card every 30, and what it says goes to the log where there is no mail", async () => {
  const rest = "/usr/bin/timeout -s KILL 110 /opt/server-metrics --card-every=30m --splay=20";
  expect((await installed({})).out).toBe(`installed, in your crontab:\n*/5 * * * * ${rest} # server-metrics install\n`);
  const { out } = await installed({}, testBox({ logger: "/usr/bin/logger" }));
  expect(out).toEndWith(`${rest} 2>&1 | /usr/bin/logger -t server-metrics # server-metrics install\n`);
  expect((await installed(every30, testBox({ logger: "/usr/bin/logger" }))).out).toEndWith(line);
  expect((await installed({ cardEvery: "1h" })).out).toContain("--card-every=1h");
});

const other = line.replace("/opt/", "/opt/sm2/");

test.each<[string, string, Flags, string]>([
  ["other times", line.replace("*/30", "15"), every30, "; --replace puts this one in its place"],
  [
    "another program with the same state",
    other,
    every30,
    "; it keeps its state in the same place: give this one a --state-dir",
  ],
  [
    "other settings with the same state",
    line.replace("--splay", "--config=/opt/a.toml --splay"),
    every30,
    "; it keeps its state",
  ],
])("%s: nothing is replaced unless that is asked for", async (_, there, flags, problem) => {
  const box = testBox({ crontab: `MAILTO=you\n${there}` });
  const refused = await installed(flags, box);
  expect(refused).toMatchObject({ code: 73, out: "" });
  expect(refused.errors.join()).toContain(`your crontab has: ${there.trim()}${problem}`);
  expect(box.has.writes).toBe(0);
  const { out } = await installed({ ...flags, replace: "" }, box);
  expect(out).toBe(`replaced: ${there}installed, in your crontab:\n${line}`);
  expect(box.has.crontab).toBe(`MAILTO=you\n${line}`);
});

test("the line of another program or other settings stays when its state is elsewhere, and uninstall leaves it", async () => {
  const there = line.replace("--splay", "--config=/opt/b.toml --state-dir=/b --splay");
  const box = testBox({ crontab: there });
  expect((await installed(every30, box)).code).toBe(0);
  expect(box.has.crontab).toBe(`${there}${line}`);
  expect((await uninstalled(box, { config: "/opt/none.toml" })).out).toContain(
    "nothing is installed\nnot removed, because it belongs to another",
  );
  const real = testBox({ crontab: line.replace("/opt/server-metrics", asBytes(quoted(process.execPath))) });
  expect((await uninstalled(real)).out).toContain(
    "not removed, because it belongs to another program or settings: */30 * * * *",
  );
  expect(real.has.writes).toBe(0);
});

test("where no cron runs that is said, and the line is there all the same", async () => {
  const host = testHost({ proc: { "1/comm": "init\n", "7/comm": "sshd\n" } });
  const machine = { host, clock: virtualClock() };
  const { code, out } = await installed(every30, testBox(), { machine });
  const said = "It will not run: cron is not running. Start it:\nsystemctl enable --now cron  # or crond, or cronie\n";
  expect({ code, out }).toEqual({ code: 0, out: `installed, in your crontab:\n${line}${said}` });
});

test("a step that does not fit into the hour is told", async () => {
  const { code, out } = await installed({ cron: "*/45 * * * *" }, testBox());
  expect(code).toBe(0);
  expect(out).toEndWith("\nMind that cron starts */45 again in each hour, so it is not every 45 minutes.\n");
  const saysOf = async (cron: string) => (await installed({ cron }, testBox())).out;
  expect(await saysOf("*/90 * * * *")).toContain("it is not every 90 minutes");
  expect(await saysOf("0 */7 * * *")).toContain("it is not every 7 hours");
  expect(await saysOf("*/20 */6 * * *")).not.toContain("Mind");
});

test("BusyBox's cron gives no variables on, so a webhook in the crontab is not enough", async () => {
  const crontab = `DISCORD_WEBHOOK_URL=${secret}\n`;
  const box = testBox({ crontab, setsVariables: false });
  expect((await installed(every30, box, {}, defaultConfig)).code).toBe(78);
  expect(box.has.writes).toBe(0);
});

test("units of somebody else are left alone", async () => {
  const units = { "server-metrics.service": "[Service]\n" };
  const box = testBox({ units });
  expect((await uninstalled(box)).out).toBe(`nothing is installed\n${stays}`);
  expect(box.has).toMatchObject({ units, asked: [] });
});

test("--print only shows", async () => {
  const box = testBox({ crontab: new Unavailable("no crontab"), systemctl: new Unavailable("no systemd") });
  expect((await installed({ ...every30, print: "" }, box)).out).toBe(line);
  const { code, out } = await installed({ systemd: "", print: "" }, box);
  expect(code).toBe(0);
  expect(out).toMatch(/^# \/system\/server-metrics\.service\n.*\n# \/system\/server-metrics\.timer\n.*OnCalendar/s);
  expect(box.has).toMatchObject({ writes: 0, units: {}, asked: [] });
});

const noSystemd = new Error("systemctl ended with status 1: System has not been booted with systemd");

test.each<[Flags, Given, Partial<World>, number, string]>([
  [{ ...every30, systemd: "" }, {}, {}, 64, 'choose one: install --cron "*/30 * * * *", or install --systemd'],
  [{ cron: "*/30" }, {}, {}, 64, "--cron: expected five times in quotes"],
  [
    every30,
    { executable: { isCompiled: false } },
    {},
    73,
    "this is the source, run by bun: make a binary with ./build.sh",
  ],
  [every30, {}, { programFile: "/tmp/x/server-metrics" }, 73, "/tmp/x/server-metrics will not stay there: move it"],
  [{ ...every30, config: "/var/tmp/a.toml" }, {}, {}, 73, "/var/tmp/a.toml will not stay there"],
  [
    every30,
    { executable: { isOthers: () => true } },
    {},
    73,
    "root must not run what others may change: sudo install -m 700",
  ],
  [{ ...every30, name: "a\nb" }, {}, {}, 73, 'no schedule can have the control characters of "--name=a\\nb"'],
  [
    every30,
    { crontab: new Unavailable("there is no crontab program here") },
    {},
    73,
    "there is no crontab program here",
  ],
  [
    every30,
    { crontab: new Error("crontab ended with status 1: You are not allowed\u001b") },
    {},
    73,
    "crontab ended with status 1: You are not allowed\uFFFD",
  ],
  [{ systemd: "" }, { systemctl: noSystemd }, {}, 73, noSystemd.message],
])("%j, %j, %j ends with %d: %s", async (flags, given, world, code, words) => {
  const box = testBox(given);
  const refused = await installed(flags, box, world);
  expect(refused).toMatchObject({ code, out: "", errors: [expect.stringContaining(words)] });
  expect(box.has).toMatchObject({ writes: 0, units: {} });
});

test("whoever is not root may run what root has put there", async () => {
  const others = testBox({ executable: { isRoot: false, isOthers: () => true } });
  expect((await installed(every30, others)).code).toBe(0);
});

test.each<[Flags, string]>([
  [every30, "cron"],
  [{ systemd: "" }, "systemd"],
])("%j: a webhook that only this shell has is not enough", async (flags, starter) => {
  const box = testBox();
  const refused = await installed(flags, box, { env: { DISCORD_WEBHOOK_URL: secret } }, defaultConfig);
  expect(refused).toMatchObject({ code: 78, out: "" });
  expect(refused.errors).toEqual([
    `DISCORD_WEBHOOK_URL is set in this shell, but ${starter} will not have it: ` +
      'write webhook = "https://…" into /opt/server-metrics.toml (chmod 600), or build with it set',
  ]);
  expect(box.has).toMatchObject({ writes: 0, units: {}, asked: [] });
  const none = await installed(flags, testBox(), {}, defaultConfig);
  expect(none).toMatchObject({ code: 78, errors: [expect.stringMatching(/^no webhook: write webhook = /)] });
});

test("a webhook that was built in, or stands in the crontab, is enough", async () => {
  const built = await installed(every30, testBox(), { baked: { webhook: secret } }, defaultConfig);
  expect(built.code).toBe(0);
  const crontab = testBox({ crontab: `DISCORD_WEBHOOK_URL=${secret}\n` });
  expect((await installed(every30, crontab, {}, defaultConfig)).code).toBe(0);
});

test("what uninstall cannot do, it says", async () => {
  const box = testBox({ crontab: new Error("crontab ended with status 1: no") });
  expect(await uninstalled(box)).toMatchObject({ code: 73, errors: ["crontab ended with status 1: no"] });
});

test("uninstall --purge shows, and with --yes removes, state and settings, and nothing else", async () => {
  using directory = temporaryDirectory();
  const [state, settings] = [join(directory.path, "state"), join(directory.path, "server-metrics.toml")];
  mkdirSync(state, { mode: 0o700 });
  stateWith(state, ["card"]);
  writeFileSync(join(state, "mine.txt"), "");
  writeFileSync(settings, "");
  const box = testBox({ crontab: line.replace("--splay", `--state-dir=${state} --splay`) });
  const run = async (flags: Flags) => {
    const world = testWorld({ programFile: file });
    const code: number = await uninstall(world, flags, { ok: true, value: config, file: settings }, box.box);
    return { code, ...world.said };
  };
  expect((await run({ stateDir: state })).out).toContain(
    `what stays: ${state} (history, and what waits to be sent), ${settings} (settings), ${file} (the program); uninstall --purge`,
  );
  const shown = await run({ stateDir: state, purge: "" });
  expect(shown.code).toBe(73);
  expect(shown.errors).toEqual(["nothing was removed: --purge --yes removes all of this"]);
  expect(shown.out).toContain(`would remove ${state}/state.db\n`);
  expect(shown.out).toContain(`would remove ${settings}\n`);
  expect(readdirSync(directory.path)).toHaveLength(2);
  const { code, out, errors } = await run({ stateDir: state, purge: "", yes: "" });
  expect({ code, errors }).toEqual({ code: 0, errors: [] });
  expect(out).toContain(`removing ${state}/state.db`);
  expect(out).toContain(`removing ${settings}\n${stays}`);
  expect(readdirSync(directory.path)).toEqual(["state"]);
  expect(readdirSync(state)).toEqual(["mine.txt"]);
});
