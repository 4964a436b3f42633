import { expect } from "bun:test";

import { type Namespace, openNamespace } from "../support/namespace.ts";
import { testWith } from "../support/needs.ts";
import { parseShown, showFor, showNumbers, type Shown, valueOf } from "../support/shown.ts";
import { noteDifferences } from "./differences.ts";

const note = noteDifferences("bytes or packets");

/** Columns of /proc/net/dev, `proc_pid_net(5)`, by the names of our counters. */
const columns = {
  receive_bytes: 0,
  receive_errors: 2,
  receive_drops: 3,
  transmit_bytes: 8,
  transmit_errors: 10,
  transmit_drops: 11,
};

async function readCounters(machine: Namespace): Promise<Readonly<Record<string, number>>> {
  const text = await machine.shell("cat /proc/net/dev");
  const numbers = /^ *eth0: *(.+)$/m.exec(text)?.[1]?.split(/ +/).map(Number) ?? [];
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, numbers[column] ?? NaN]));
}

const totalOf = (shown: Shown, name: string) => valueOf(shown, `network_${name}_total{interface="eth0"}`);

/** Two machines with a cable between them; what is sent to .9 arrives at the other and is dropped there. */
async function connectedPair() {
  const [one, other] = [await openNamespace({ network: true }), await openNamespace({ network: true })];
  // IPv6 would talk by itself, between a look of ours and one of the truth.
  const connect = (address: string) => `
    for conf in /proc/sys/net/ipv6/conf/*/disable_ipv6; do echo 1 >$conf; done
    ip link set eth0 address 02:00:00:00:00:0${address} up
    ip address add 10.99.0.${address}/24 dev eth0
    ip neighbour replace 10.99.0.9 lladdr 02:00:00:00:00:0${address === "1" ? 2 : 1} dev eth0`;
  await one.shell(`ip link add eth0 type veth peer name eth0 netns ${other.pid}; ${connect("1")}`);
  await other.shell(connect("2"));
  const stop = async () => {
    await other[Symbol.asyncDispose]();
    await one[Symbol.asyncDispose]();
  };
  return { one, other, [Symbol.asyncDispose]: stop };
}

/** Sends a datagram of 1400 bytes after the other until the scope ends. */
function startFlood(machine: Namespace) {
  const flood = "exec dd if=/dev/zero bs=1400 status=none >/dev/udp/10.99.0.9/9";
  const child = Bun.spawn([...machine.enter(["bash", "-c", flood])], { stdout: "ignore" });
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await child.exited;
    },
  };
}

testWith("ip", "bash")("network counters equal /proc/net/dev, at rest after traffic in both directions", async () => {
  await using pair = await connectedPair();
  for (const machine of [pair.one, pair.other]) {
    await machine.shell("bash -c 'dd if=/dev/zero bs=1400 count=2000 status=none >/dev/udp/10.99.0.9/9'");
  }
  const truth = await readCounters(pair.one);
  const shown = parseShown(await pair.one.run(showNumbers()));
  expect(truth["receive_bytes"]).toBeGreaterThan(2_000_000);
  for (const [name, theirs] of Object.entries(truth)) {
    expect([name, note(`network ${name}, at rest`, totalOf(shown, name), theirs)]).toEqual([name, 0]);
  }
});

testWith("ip", "bash")(
  "under a flood of UDP, counters lie between two looks at /proc/net/dev, and rates agree",
  async () => {
    await using pair = await connectedPair();
    await using floods = new AsyncDisposableStack();
    floods.use(startFlood(pair.one));
    floods.use(startFlood(pair.other));
    const before = await readCounters(pair.one);
    const startMs = performance.now();
    const shown = parseShown(await pair.one.run(showFor(2)));
    const after = await readCounters(pair.one);
    const seconds = (performance.now() - startMs) / 1000;
    for (const name of Object.keys(columns)) {
      const [earlier = NaN, later = NaN] = [before[name], after[name]];
      expect(totalOf(shown, name)).toBeGreaterThanOrEqual(earlier);
      expect(totalOf(shown, name)).toBeLessThanOrEqual(later);
    }
    for (const name of ["receive_bytes", "transmit_bytes"]) {
      const rate = valueOf(shown, `network_${name}_per_second{interface="eth0",window="sample"}`);
      const truth = ((after[name] ?? NaN) - (before[name] ?? NaN)) / seconds;
      expect(rate).toBeGreaterThan(truth * 0.7);
      expect(rate).toBeLessThan(truth * 1.4);
    }
  },
);
