import { expect, test } from "bun:test";

import { main } from "../../../lib/main.ts";
import type { World } from "../../../lib/world.ts";
import { en } from "../../../lib/words/en.ts";
import { violations } from "../../support/discordContract.ts";
import { type TestMachine, testHost } from "../../support/testHost.ts";
import { virtualClock } from "../../support/virtualClock.ts";

const webhook = "https://discord.com/api/webhooks/112233445566778899/the-secret-token";
const noState = { SERVER_METRICS_STATE_DIR: "none" };

const proc = {
  "sys/kernel/hostname": "vps\n",
  stat: "cpu  100 0 50 850 0 0 0 0 0 0\ncpu0 100 0 50 850 0 0 0 0 0 0\n",
  loadavg: "0.50 0.40 0.30 1/100 999\n",
  meminfo: "MemTotal: 2097152 kB\nMemAvailable: 1048576 kB\n",
  uptime: "100.00 180.00\n",
};

interface Run {
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly machine?: TestMachine;
  readonly answers?: readonly (() => Response)[];
  readonly isTerminal?: boolean;
  readonly baked?: World["baked"];
}

/** Runs the program in a world of the test's making, and says what it did. */
async function run({ argv = [], env = { DISCORD_WEBHOOK_URL: webhook }, ...given }: Run) {
  const sent: { readonly url: string; readonly body: unknown }[] = [];
  const printed = { out: "", error: "" };
  const answers = [...(given.answers ?? [])];
  const fetch: World["fetch"] = async (url, init) => {
    sent.push({ url, body: await new Response(init.body).json() });
    return answers.shift()?.() ?? Response.json({ id: "1" });
  };
  const clock = virtualClock();
  const world: World = {
    argv,
    env: { ...noState, ...env },
    machine: { host: testHost(given.machine ?? { proc }), clock },
    fetch,
    random: () => 0.5,
    output: {
      out: (text) => void (printed.out += text),
      error: (text) => void (printed.error += text),
      isTerminal: given.isTerminal ?? false,
      doing: () => undefined,
      conceal: () => undefined,
      columns: null,
    },
    openScreen: async () => null,
    isUnsafe: () => false,
    runJob: async () => ({ exit: 0, tail: "" }),
    isHidden: () => false,
    readText: async () => {
      throw Object.assign(new Error("none"), { code: "ENOENT" });
    },
    rasterise: async () => new Uint8Array(),
    programFile: "/opt/server-metrics",
    baked: given.baked ?? {},
    version: "1.2.3",
    words: en,
    allowMs: () => undefined,
    signal: new AbortController().signal,
  };
  const status = await main(world);
  expect(printed.out + printed.error).not.toContain("the-secret-token");
  return { status, sent, clock, ...printed };
}

test("a report is measured and posted once, and under cron nothing is said", async () => {
  const { status, sent, out, error } = await run({});
  expect({ status, out, error }).toEqual({ status: 0, out: "", error: "" });
  expect(sent).toHaveLength(1);
  expect(violations(sent[0]?.body)).toBeUndefined();
  expect(JSON.stringify(sent[0]?.body)).toMatch(/1\.00\s\/\s2\.00\sGiB/);
});

test("on a terminal it says in a line what it did", async () => {
  const { out } = await run({ isTerminal: true });
  expect(out).toMatch(/^Posted.*\n$/);
});

test("the environment's webhook wins over that of the settings, and that over the one that was baked in", async () => {
  const other = (id: string) => webhook.replace("112233445566778899", id);
  const baked = { webhook: other("998877665544332211") };
  const both = { ...baked, settings: { webhook: other("555555555555555555") } };
  expect((await run({ baked: both })).sent[0]?.url).toContain("/112233445566778899/");
  expect((await run({ baked: both, env: {} })).sent[0]?.url).toContain("/555555555555555555/");
  expect((await run({ baked, env: {} })).sent[0]?.url).toContain("/998877665544332211/");
});

test("a machine of which nothing can be read is reported all the same", async () => {
  const { status, sent } = await run({ machine: {} });
  expect(status).toBe(0);
  expect(violations(sent[0]?.body)).toBeUndefined();
  expect(JSON.stringify(sent[0]?.body)).toContain("❓ Unknown: nothing could be read");
});

test("a collector that fails is named in the report that goes out without it", async () => {
  const broken = { ...proc, meminfo: new Error("/proc/meminfo: EIO") };
  const { status, sent } = await run({ machine: { proc: broken } });
  expect(status).toBe(0);
  expect(JSON.stringify(sent[0]?.body)).toContain("could not be read: /proc/meminfo: EIO");
});

test.each<[string, readonly (() => Response)[], number]>([
  ["says that the webhook is gone", [() => Response.json({ code: 10_015 }, { status: 404 })], 69],
  ["is down for ever", Array.from({ length: 20 }, () => () => new Response("down", { status: 503 })), 75],
  ["was down for a moment", [() => new Response("down", { status: 502 })], 0],
])("when Discord %s the status is right", async (_, answers, expected) => {
  expect((await run({ answers })).status).toBe(expected as 0);
});

test.each<[readonly string[], Readonly<Record<string, string>>, number]>([
  [["--help"], {}, 0],
  [["--version"], {}, 0],
  [["show"], {}, 0],
  [["--dry-run"], {}, 0],
  [["--nonsense"], {}, 64],
  [["nonsense"], {}, 64],
  [[], {}, 78],
  [["--sample=99"], {}, 78],
  [[], { DISCORD_WEBHOOK_URL: "https://example.com/api/webhooks/1/the-secret-token" }, 78],
])("%j with %j ends with %d and sends nothing", async (argv, env, expected) => {
  const { status, sent, out, error } = await run({ argv, env });
  expect(status).toBe(expected as 0);
  expect(sent).toEqual([]);
  expect(expected === 0 ? error : out).toBe("");
  expect(expected === 0 ? out : error).not.toBe("");
});

test("what is said about a mistake begins with the program's name, line by line", async () => {
  const { error } = await run({ argv: ["--sample=99", "--layout=x"] });
  const lines = error.trimEnd().split("\n");
  expect(lines).toHaveLength(2);
  for (const line of lines) expect(line).toStartWith("server-metrics: --");
});

test("--dry-run prints the very message, and whom it is for without the secret", async () => {
  const { out } = await run({ argv: ["--dry-run", "--json"] });
  expect(JSON.parse(out)).toEqual({
    schema: 1,
    requests: [{ method: "POST", to: "webhook 112233445566778899", body: (await run({})).sent[0]?.body, file: null }],
  });
  const { sent } = await run({ argv: ["--json"] });
  expect(sent).toEqual([]);
  const text = (await run({ argv: ["--dry-run"] })).out;
  expect(text).toStartWith("POST (webhook 112233445566778899)\n\n");
  expect(text).toMatch(/^ *\? CPU not measured yet$/m);
  expect(text).not.toMatch(/[*`\\]|<t:/);
});

test("colour is for terminals that want it", async () => {
  const shown = async (more: Run) => (await run({ argv: ["show"], ...more })).out.includes("\u001B[");
  expect(await shown({ isTerminal: true })).toBe(true);
  expect(await shown({})).toBe(false);
  expect(await shown({ isTerminal: true, env: { NO_COLOR: "1" } })).toBe(false);
  expect(await shown({ isTerminal: true, env: { TERM: "dumb" } })).toBe(false);
});
