import { describe, expect, test } from "bun:test";

import { traffic, type Traffic } from "../../lib/metrics/traffic.ts";
import { Unavailable } from "../../lib/model/host.ts";
import { defaultConfig, describeOne, observeOne } from "../support/measure.ts";
import { testHost } from "../support/testHost.ts";

const settings = { quotaBytes: 1e12, resets: 1, count: "out" } as const;
const startMs = Date.parse("2026-08-10T12:00:00Z");
const hourMs = 3_600_000;

const route = (name: string) => `${name}\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n`;
const dev = (counters: Readonly<Record<string, readonly [number, number]>>) =>
  `Inter-|   Receive\n face |bytes\n${Object.entries(counters)
    .map(([name, [received, sent]]) => `${name}: ${received} 0 0 0 0 0 0 0 ${sent} 0 0 0 0 0 0 0\n`)
    .join("")}`;

function machine(counters: Parameters<typeof dev>[0], routes: readonly string[] = ["eth0"], boot = "a") {
  const proc = {
    "net/dev": dev(counters),
    "net/route": `Iface\tDestination\n${routes.map(route).join("")}`,
    "sys/kernel/random/boot_id": `${boot}\n`,
  };
  const sys = { "class/net/bond0/lower_eth0": "", "class/net/bond0/lower_eth1": "" };
  const dirs = { "/sys/class/net/bond0": ["lower_eth0", "lower_eth1", "mtu"], "/sys/class/net/eth0": ["mtu"] };
  return testHost({ proc, sys, dirs });
}

const collect = (host: ReturnType<typeof testHost>) => traffic.collect(host, { ...defaultConfig, traffic: settings });

const carry = (now: Traffic, before: Traffic | null, hours: number) => {
  const carried = traffic.carry?.(now, before, startMs + hours * hourMs);
  if (carried === undefined) throw new Error("it carries nothing");
  return carried;
};

/** Looks one after another, an hour apart, at the counters that eth0 sent. */
async function sentAfter(...looks: readonly (readonly [sent: number, boot?: string])[]): Promise<number | undefined> {
  let value: Traffic | null = null;
  for (const [hour, [sent, boot = "a"]] of looks.entries()) {
    value = carry(await collect(machine({ eth0: [0, sent] }, ["eth0"], boot)), value, hour);
  }
  return value === null ? undefined : observeOne(traffic, value)["traffic_used_bytes"];
}

test("where nothing is configured nothing is asked", () => {
  expect(traffic.collect(testHost({}), defaultConfig)).rejects.toThrow(new Unavailable("none configured"));
});

test("without a default route there is nothing to count", () => {
  expect(collect(machine({ eth0: [1, 1] }, []))).rejects.toThrow(new Unavailable("no default route"));
});

test("interfaces with a default route count, a bond counts once, and the plumbing does not count", async () => {
  const counters = { eth0: [1, 2], eth1: [3, 4], bond0: [5, 6], docker0: [7, 8] } as const;
  expect((await collect(machine(counters, ["bond0"]))).counters).toEqual({ bond0: [5, 6] });
  expect((await collect(machine(counters, ["bond0", "eth0"]))).counters).toEqual({ bond0: [5, 6] });
  expect((await collect(machine(counters, ["eth0", "eth1"]))).counters).toEqual({ eth0: [1, 2], eth1: [3, 4] });
});

describe("counters", () => {
  test("add up by what they grew; the first look only begins", async () => {
    expect(await sentAfter([5e9])).toBeUndefined();
    expect(await sentAfter([5e9], [6e9], [9e9])).toBe(4e9);
  });

  test("that fell began again, and add what they have", async () => {
    expect(await sentAfter([5e9], [1e9], [2e9])).toBe(2e9);
  });

  test("of another boot began again, also where they are larger than before", async () => {
    expect(await sentAfter([1e9, "a"], [3e9, "b"], [4e9, "b"])).toBe(4e9);
  });

  test("that jump by more than any link carries add nothing, and count on from there", async () => {
    expect(await sentAfter([1e9], [9e15], [9e15 + 1e9])).toBe(1e9);
  });

  test("of an interface whose route was gone for a moment count on", async () => {
    const both = machine({ eth0: [0, 10], eth1: [0, 100] }, ["eth0", "eth1"]);
    const first = carry(await collect(both), null, 0);
    const alone = carry(await collect(machine({ eth0: [0, 20], eth1: [0, 105] }, ["eth0"])), first, 1);
    const again = carry(await collect(machine({ eth0: [0, 30], eth1: [0, 110] }, ["eth0", "eth1"])), alone, 2);
    expect(observeOne(traffic, again)["traffic_used_bytes"]).toBe(20 + 10);
  });

  test("of one that leads out only now are not the month's", async () => {
    const first = carry(await collect(machine({ eth0: [0, 10], wwan0: [0, 5e9] })), null, 0);
    const more = carry(await collect(machine({ eth0: [0, 11], wwan0: [0, 6e9] }, ["eth0", "wwan0"])), first, 1);
    expect(observeOne(traffic, more)["traffic_used_bytes"]).toBe(1);
  });
});

describe("the row", () => {
  const value = (sent: number): Traffic => ({
    ...settings,
    bootId: "a",
    counters: {},
    days: { "2026-08-05": [0, sent] },
    sinceMs: Date.parse("2026-08-01T00:00:00Z"),
    atMs: Date.parse("2026-08-11T00:00:00Z"),
  });

  test("tells used, left and what is to come, in decimal units", () => {
    expect(describeOne(traffic, value(4.05e11))).toMatchObject([
      {
        label: "Month's traffic",
        percent: 40.5,
        lines: ["41 %", "405 GB of 1.00 TB", "595 GB left", "about 1.26 TB by Sep 1"],
        remark: "405 GB used, 595 GB left, about 1.26 TB by Sep 1",
        importance: "core",
      },
    ]);
  });

  test("above the quota tells by how much", () => {
    expect(describeOne(traffic, value(1.25e12))[0]).toMatchObject({
      percent: 100,
      lines: ["125 %", "1.25 TB of 1.00 TB", "250 GB over", "about 3.88 TB by Sep 1"],
    });
    expect(observeOne(traffic, value(1.25e12))["traffic_used_percent"]).toBe(125);
  });

  test("of the first look says that counting begins, and has no number", () => {
    const first = { ...value(1), sinceMs: startMs, atMs: startMs };
    expect(describeOne(traffic, first)).toMatchObject([{ number: "?", lines: ["counting from now on"] }]);
    expect(observeOne(traffic, first)).toEqual({});
  });
});
