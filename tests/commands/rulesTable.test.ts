import { expect, test } from "bun:test";

import { printRules } from "../../lib/commands/rulesTable.ts";
import { defaultConfig } from "../support/measure.ts";
import { testHost } from "../support/testHost.ts";
import { testWorld } from "../support/testWorld.ts";

test("each rule stands with its lines and what it sees; one without a number says when it speaks", async () => {
  const world = testWorld();
  const meminfo = "MemTotal: 2097152 kB\nMemAvailable: 1048576 kB\n";
  const mdstat = "Personalities : [raid1]\nmd0 : active raid1 sdb1[1] sda1[0]\n      976630464 blocks [2/2] [UU]\n";
  const host = testHost({ proc: { meminfo, mdstat } });
  const machine = { ...world.machine, host };
  expect(await printRules({ ...world, machine }, defaultConfig, { stateDir: "none" })).toBe(0);
  const lines = world.said.out.split("\n");
  expect(lines).toContain(
    "ok        memory: now 50 %; warning 90 % → 85 %, 2 runs in a row; critical 95 % → 90 %, 2 runs in a row",
  );
  await printRules({ ...world, machine }, defaultConfig, { stateDir: "none", json: "" });
  const [, json = ""] = world.said.out.split(/^(?=\{)/m);
  expect(JSON.parse(json)).toMatchObject({
    rules: expect.arrayContaining([
      {
        rule: "memory",
        target: "",
        value: 50,
        warning: { raise: 90, clear: 85, runs: 2 },
        critical: { raise: 95, clear: 90, runs: 2 },
        state: "ok",
      },
    ]),
  });
  expect(lines).toContain("no data   http_down: critical after 2 runs");
  expect(lines).toContain("ok        raid md0: critical at once");
});

test("what is seen and wrong is not said to be unseen", async () => {
  const world = testWorld();
  const mdstat = "Personalities : [raid1]\nmd0 : active raid1 sda1[0]\n      976630464 blocks [2/1] [U_]\n";
  const machine = { ...world.machine, host: testHost({ proc: { mdstat } }) };
  await printRules({ ...world, machine }, defaultConfig, { stateDir: "none" });
  expect(world.said.out.split("\n")).toContain("critical  raid md0: critical at once");
});
