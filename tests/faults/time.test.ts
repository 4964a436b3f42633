import { expect, test } from "bun:test";

import { cardsIn, type Life, startLife } from "./life.ts";

const texts = ({ discord }: Life) => discord.messages.map((message) => JSON.stringify(message));

async function runEvery(life: Life, minutes: number, count: number): Promise<void> {
  for (let done = 0; done < count; done += 1) {
    expect((await life.run()).status).toBe(0);
    life.pass(minutes);
  }
}

test("a machine that was off for three hours says so once, with both times", async () => {
  await using life = await startLife();
  await runEvery(life, 30, 5);
  life.pass(150, true);
  await runEvery(life, 30, 3);
  const told = texts(life).filter((text) => text.includes("Rebooted"));
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/down between <t:\d+:t> and <t:\d+:t>/);
});

test("a machine whose schedule was stopped is not called down", async () => {
  await using life = await startLife();
  await runEvery(life, 30, 5);
  life.pass(240);
  await runEvery(life, 30, 3);
  expect(texts(life).filter((text) => text.includes("Rebooted"))).toEqual([]);
  expect(texts(life).filter((text) => text.includes("server was up"))).toHaveLength(1);
});

test("a clock that goes back a month and right again: said each time, nothing negative, no false outage", async () => {
  await using life = await startLife();
  await runEvery(life, 30, 4);
  // Time by the machine's clock; how long it is up is told by the kernel, and goes on.
  life.pass(-40 * 1440);
  await runEvery(life, 30, 3);
  expect(texts(life).join("\n")).not.toMatch(/-\d+ (s|min|h|days?)\b/);
  expect(texts(life).filter((text) => text.includes("server was up"))).toEqual([]);
  expect(cardsIn(life.discord)).toHaveLength(7);
});

test("after a reboot no rate is made of counters that began anew", async () => {
  await using life = await startLife();
  await runEvery(life, 30, 2);
  life.pass(1, true);
  const { stdout } = await life.run({ command: (binary) => [binary, "show", "--json", "--sample", "0"] });
  expect(stdout).not.toContain('"window": "report"');
});
