import { expect, test } from "bun:test";

import { metricNames, metrics } from "../../lib/metrics/index.ts";
import type { Host } from "../../lib/model/host.ts";
import { look, times } from "../support/looks.ts";
import type { TestMachine } from "../support/testHost.ts";

const security = "Inst libssl3 [3.0.1] (3.0.2 Debian:12/oldstable, Debian-Security:12/oldstable-security [amd64])\n";
const smartQuestion = "smartctl --json --nocheck=standby,0 --health --attributes /dev/sda";
const disk = (passed: boolean) => JSON.stringify({ smartctl: {}, smart_status: { passed } });

const machine = (upgrade: string, passed = true): TestMachine => ({
  dirs: { "/sys/block": ["sda"] },
  run: { "apt-get -s upgrade": upgrade, [smartQuestion]: disk(passed) },
});

test("one report of the day asks, the others keep what it found, and no first one asks", async () => {
  const asked: string[] = [];
  const watch = (host: Host): Host => ({
    ...host,
    run: (program, args, limits) => {
      asked.push(program);
      return host.run(program, args, limits);
    },
  });
  await look(times(1, machine("")), { watch });
  expect(asked).toEqual([]);
  await look(times(97, machine("")), { watch });
  expect(asked.toSorted()).toEqual(["apt-get", "apt-get", "smartctl", "smartctl"]);
});

test("where nothing is written down nothing is asked", async () => {
  const asked: string[] = [];
  const watch = (host: Host): Host => ({ ...host, run: async (program) => (asked.push(program), "") });
  await look(times(50, machine("")), { watch, doesErrands: false });
  expect(asked).toEqual([]);
});

test("security updates are a warning when they have waited for a week, and over when they are in", async () => {
  const { news, headlines } = await look([...times(17, machine(security)), ...times(4, machine(""))], {
    everyMinutes: 720,
  });
  expect(news).toEqual(["10800: security updates waiting for 7 days", "12960: no security updates waiting"]);
  expect(headlines[10]).toBe("all well");
});

test("a disk that predicts failure is critical on the day on which it says so", async () => {
  const { news, headlines } = await look([...times(30, machine("", true)), ...times(60, machine("", false))]);
  expect(news[0]).toBe("1470: SMART predicts failure of disk sda");
  expect(headlines.at(-1)).toBe("SMART predicts failure of disk sda");
});

test("that it cannot be asked for once changes nothing of what is known", async () => {
  const broken: TestMachine = {
    ...machine(""),
    run: { ...machine("").run, "apt-get -s upgrade": new Error("killed") },
  };
  const { headlines } = await look([...times(3, machine(security)), ...times(60, broken)]);
  expect(headlines.filter((line) => line !== "all well")).toEqual(["no alerts · updates could not be read"]);
});

test("all that is an errand carries its value on", () => {
  const errands = metricNames.filter((name) => metrics[name].errand !== undefined);
  expect(errands).toEqual(["smart", "updates"]);
  expect(errands.filter((name) => metrics[name].carry === undefined)).toEqual([]);
});
