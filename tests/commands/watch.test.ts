import { expect, test } from "bun:test";

import { watch } from "../../lib/commands/watch.ts";
import type { InventoryPart } from "../../lib/model/host.ts";
import { commit } from "../../lib/state/commit.ts";
import { points } from "../../lib/state/history.ts";
import { defaultConfig } from "../support/measure.ts";
import { temporaryDirectory } from "../support/project.ts";
import { number, openFile, runAt, start } from "../support/stateFile.ts";
import { testHost, type TestMachine } from "../support/testHost.ts";
import { type TestScreen, testScreen } from "../support/testScreen.ts";
import { testWorld } from "../support/testWorld.ts";

const proc = {
  "sys/kernel/hostname": "データベース\n",
  stat: "cpu  100 0 50 850 0 0 0 0 0 0\ncpu0 100 0 50 850 0 0 0 0 0 0\n",
  loadavg: "0.50 0.40 0.30 1/100 999\n",
  meminfo: "MemTotal: 2097152 kB\nMemAvailable: 104857 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n",
  uptime: "100.00 180.00\n",
};

/** Watches a machine, through a virtual clock. */
async function watched(screen: TestScreen, machine: TestMachine = { proc }, stateDir = "none") {
  const world = testWorld({ openScreen: async () => screen });
  const host = testHost(machine);
  const asked = new Array<InventoryPart>();
  const counting = {
    ...host,
    inventory: (part: InventoryPart) => {
      asked.push(part);
      return host.inventory(part);
    },
  };
  const code = await watch({ ...world, machine: { host: counting, clock: world.clock } }, defaultConfig, { stateDir });
  return { code, asked, ...world };
}

test("it looks every 2 s until somebody leaves, and then gives the terminal back", async () => {
  const screen = testScreen(4);
  const { code, clock } = await watched(screen);
  expect(code).toBe(0);
  expect(screen.pictures).toHaveLength(4);
  // The window of the first look, and the pauses between the three; the rates of the others are of those 2 s.
  expect(clock.slept).toEqual([500, 2000, 2000]);
  expect(screen.isClosed()).toBe(true);
});

test("each look moves the deadline above the whole run", async () => {
  expect((await watched(testScreen(4))).allowed).toEqual([0, 0, 0]);
});

test("the inventory with its forty programs is not taken at every look", async () => {
  const { asked } = await watched(testScreen(50));
  expect(asked.length).toBeGreaterThan(0);
  expect(new Set(asked).size).toBe(asked.length);
});

test("what is wrong stands in the first lines, and how to leave in the last", async () => {
  const screen = testScreen(2);
  await watched(screen);
  const lines = screen.seen(80, 10);
  expect(lines).toHaveLength(10);
  expect(lines[0]).toContain("データベース  Critical: memory");
  expect(lines[2]).toStartWith("■ Memory ");
  expect(lines.at(-1)).toMatch(/^q: quit · \d+ more lines below$/);
  expect(screen.seen(80, 60).slice(-2)).toEqual(["", "q: quit"]);
});

test("the head stays in sight while the rest is scrolled, as far as there are lines", async () => {
  const screen = testScreen(2);
  await watched(screen);
  const all = screen.seen(80, 60);
  const scrolled = screen.seen(80, 10, 3);
  expect(scrolled[0]).toBe(all[0] ?? "");
  expect(scrolled[1]).toBe(all[4] ?? "");
  const { lines, top } = screen.pictures.at(-1)?.(80, 10, 999) ?? { lines: [], top: 0 };
  expect(lines.at(-1)).toBe("q: quit");
  expect(lines.at(-2)).not.toBe("");
  expect(top).toBeLessThan(60);
});

test.each([
  [80, 24],
  [40, 24],
  [40, 5],
])("in %d columns and %d rows no line is too wide, and there are as many as fit", async (columns, rows) => {
  const mountinfo = `22 1 8:1 / / rw - ext4 /dev/sda1 rw\n23 22 8:2 / /srv/${"写真".repeat(20)} rw - ext4 /dev/sda2 rw\n`;
  const usage = { totalBytes: 100, freeBytes: 50, availableBytes: 50 };
  const bytes = Buffer.from(`/srv/${"写真".repeat(20)}`).toString("latin1");
  const screen = testScreen(2);
  await watched(screen, {
    proc: { ...proc, "self/mountinfo": Buffer.from(mountinfo) },
    statfs: { "/": usage, [bytes]: usage },
  });
  const lines = screen.seen(columns, rows);
  expect(lines).toHaveLength(rows);
  expect(lines.filter((line) => Bun.stringWidth(line) > columns)).toEqual([]);
  expect(screen.seen(80, 60).join("\n")).toContain("Disk /srv/写真写真");
});

test("what reports remember meanwhile is seen, and nothing is added to it", async () => {
  using directory = temporaryDirectory();
  using database = openFile(directory.path);
  commit(database, runAt(start, "card", [number("memory_used_percent", 40)]));
  await watched(testScreen(3), { proc }, directory.path);
  expect(points(database, 0, start * 2)).toHaveLength(1);
});

test("somebody who leaves does not wait for a machine that hangs", async () => {
  const screen = testScreen(1);
  const never = new Promise<string>(() => undefined);
  expect((await watched(screen, { proc: { ...proc, meminfo: never } })).code).toBe(0);
  expect(screen.isClosed()).toBe(true);
});

test("watching for an hour takes no more memory than for a minute", async () => {
  const heapAfter = async (looks: number) => {
    await watched(testScreen(looks, 1));
    Bun.gc(true);
    return process.memoryUsage().heapUsed;
  };
  await heapAfter(30);
  const minute = await heapAfter(30);
  expect((await heapAfter(1800)) - minute).toBeLessThan(1_000_000);
});

test("without a terminal it says so", async () => {
  const world = testWorld();
  expect(await watch(world, defaultConfig, {})).toBe(64);
  expect(world.said.errors).toEqual(["--watch needs a terminal"]);
});

test("--watch and --json do not go together", async () => {
  const world = testWorld({ openScreen: async () => testScreen(1) });
  expect(await watch(world, defaultConfig, { json: "" })).toBe(64);
  expect(world.said.errors).toEqual(["--watch is for people and --json for programs: one of them, please"]);
});
