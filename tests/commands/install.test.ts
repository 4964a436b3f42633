import { expect, test } from "bun:test";
import { relative } from "node:path";

import type { Flags } from "../../lib/cli/parse.ts";
import { install, uninstall } from "../../lib/commands/install.ts";
import type { Box } from "../../lib/install/box.ts";
import { Unavailable } from "../../lib/model/host.ts";
import type { Config } from "../../lib/settings/config.ts";
import type { World } from "../../lib/world.ts";
import { defaultConfig } from "../support/measure.ts";
import { testWorld } from "../support/testWorld.ts";

const file = "/opt/server-metrics";
const secret = "https://discord.com/api/webhooks/1/secret-token";
const config: Config = { ...defaultConfig, webhook: secret };
const every30 = { cron: "*/30 * * * *" };

interface Given {
  readonly crontab?: string | Error;
  readonly units?: Readonly<Record<string, string>>;
  readonly systemctl?: Error;
  readonly executable?: Partial<Box["executable"]>;
}

/** A machine that remembers its crontab, its units, and what systemctl was asked for. */
function testBox({ crontab = "", units = {}, systemctl, executable }: Given = {}) {
  const has = { crontab, units: { ...units } as Record<string, string>, asked: new Array<string>(), writes: 0 };
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

async function uninstalled({ box }: TestBox) {
  const world = testWorld({});
  const code: number = await uninstall(world, box);
  return { code, ...world.said };
}

const line = "*/30 * * * * /usr/bin/timeout -s KILL 110 /opt/server-metrics --splay=20 # server-metrics install\n";

test("--cron adds one line, changes nothing the second time, and uninstall takes it back", async () => {
  const box = testBox({ crontab: "MAILTO=you\n" });
  expect(await installed(every30, box)).toMatchObject({ code: 0, out: `installed, in your crontab:\n${line}` });
  expect(box.has.crontab).toBe(`MAILTO=you\n${line}`);
  expect(await installed(every30, box)).toMatchObject({ code: 0, out: `installed already, in your crontab:\n${line}` });
  expect(box.has.writes).toBe(1);
  expect(await uninstalled(box)).toMatchObject({ code: 0, out: "removed the line in your crontab\n" });
  expect(box.has.crontab).toBe("MAILTO=you\n");
  expect(await uninstalled(box)).toMatchObject({ code: 0, out: "nothing is installed\n" });
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
  expect(out).toStartWith("installed:\n/system/server-metrics.service\n/system/server-metrics.timer\nA card now: ");
  expect(box.has.units["server-metrics.service"]).toContain(`\nExecStart=${file} --splay=0\n`);
  expect(box.has.units["server-metrics.timer"]).toContain("\nRandomizedDelaySec=20\n");
  const start = ["daemon-reload", "enable server-metrics.timer", "restart server-metrics.timer"];
  expect(box.has.asked.splice(0)).toEqual(start);
  expect((await installed({ systemd: "" }, box)).out).toStartWith("installed already:\n");
  expect(box.has.asked.splice(0)).toEqual([start[1]!, "start server-metrics.timer"]);
  expect((await uninstalled(box)).out).toBe("removed /system/server-metrics.timer, /system/server-metrics.service\n");
  expect(box.has.asked).toEqual(["disable --now server-metrics.timer", "daemon-reload"]);
  expect(box.has.units).toEqual({});
});

test("a user gets units of their own, and hears that they end with the session", async () => {
  const { out } = await installed({ systemd: "" }, testBox({ executable: { isRoot: false } }));
  expect(out).toStartWith("installed:\n/user/server-metrics.service\n");
  expect(out).toContain("loginctl enable-linger");
});

test("one schedule takes the other's place", async () => {
  const box = testBox();
  await installed(every30, box);
  expect((await installed({ systemd: "" }, box)).out).toStartWith("removed the line in your crontab; installed:\n");
  expect(box.has.crontab).toBe("");
  const { out } = await installed(every30, box);
  expect(out).toStartWith(
    "removed /system/server-metrics.timer, /system/server-metrics.service; installed, in your crontab:",
  );
});

test("units of somebody else are left alone", async () => {
  const units = { "server-metrics.service": "[Service]\n" };
  const box = testBox({ units });
  expect((await uninstalled(box)).out).toBe("nothing is installed\n");
  expect(box.has).toMatchObject({ units, asked: [] });
});

test("--print only shows", async () => {
  const box = testBox({ crontab: new Unavailable("no crontab"), systemctl: new Unavailable("no systemd") });
  expect((await installed({ ...every30, print: "" }, box)).out).toBe(line);
  const { code, out } = await installed({ systemd: "", print: "" }, box);
  expect(code).toBe(0);
  expect(out).toMatch(
    /^# \/system\/server-metrics\.service\n.*\n# \/system\/server-metrics\.timer\n.*FixedRandomDelay/s,
  );
  expect(box.has).toMatchObject({ writes: 0, units: {}, asked: [] });
});

const noSystemd = new Error("systemctl ended with status 1: System has not been booted with systemd");

test.each<[Flags, Given, Partial<World>, number, string]>([
  [{}, {}, {}, 64, 'choose one: install --cron "*/30 * * * *", or install --systemd'],
  [{ ...every30, systemd: "" }, {}, {}, 64, "choose one: "],
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
