import { expect, test } from "bun:test";

import { splayMs, waitForTurn } from "../../lib/deliver/channels.ts";
import { testHost } from "../support/testHost.ts";
import { testWorld } from "../support/testWorld.ts";

test("a machine's turn is always the same, in every version, and that of its neighbour another", () => {
  expect([splayMs("web-1", 100), splayMs("web-2", 100)]).toEqual([76_735, 37_963]);
});

test("a thousand machines spread evenly, even when their ids differ in one digit only", () => {
  const turns = Array.from({ length: 1000 }, (_, machine) => splayMs(machine.toString(16).padStart(32, "0"), 100));
  const tenths = Array.from({ length: 10 }, (_, tenth) => turns.filter((ms) => Math.floor(ms / 10_000) === tenth));
  expect(tenths.flat()).toHaveLength(1000);
  for (const { length } of tenths) expect(Math.abs(length - 100)).toBeLessThan(30);
});

test("the wait is by the machine id, or the host name where there is none, and moves the deadline", async () => {
  const machineId = "4f9d3a4a7c0e4b0f8a5b6c7d8e9f0a1b";
  const machines: readonly [Parameters<typeof testHost>[0], number][] = [
    [{ files: { "/etc/machine-id": `${machineId}\n` } }, splayMs(machineId, 20)],
    [{ proc: { "sys/kernel/hostname": "web-1\n" } }, splayMs("web-1", 20)],
  ];
  for (const [files, ms] of machines) {
    const { clock } = testWorld();
    const world = testWorld({ machine: { host: testHost(files), clock } });
    await waitForTurn(world, 20);
    expect([clock.slept, world.allowed]).toEqual([[ms], [ms]]);
  }
});

test("without a splay nothing is read and nothing waited for", async () => {
  const world = testWorld();
  await waitForTurn(world, 0);
  expect(world.clock.slept).toEqual([]);
});
