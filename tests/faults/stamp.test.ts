import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { machinesDirectory } from "../support/project.ts";
import { openNamespace } from "../support/namespace.ts";
import { testWith } from "../support/needs.ts";
import { type Life, type LifeOptions, startLife } from "./life.ts";

const user = "112233445566778899";

/** A look each five minutes of an hour at a machine with a degraded array: its exit codes, and the new messages by minute. */
async function lookForAnHour(life: Life, options: Pick<LifeOptions, "prefix" | "environment">) {
  const settings = join(life.directory, "a.toml");
  const machine = join(life.directory, "raid");
  await Bun.write(settings, `[alerts]\nmention_user = "${user}"\n`);
  const codes = new Set<number | null>();
  const told: { readonly minute: number; readonly text: string }[] = [];
  for (let minute = 0; minute < 60; minute += 5) {
    const base = join(machinesDirectory, "degraded-raid");
    await Bun.write(join(machine, "machine.json"), JSON.stringify({ base, takenAt: life.now() }));
    const before = life.discord.messages.length;
    const environment = { ...options.environment, SERVER_METRICS_MACHINE: machine };
    const run = { ...options, environment, arguments: ["--card-every", "30m", "--config", settings] };
    codes.add((await life.run(run)).status);
    told.push(...life.discord.messages.slice(before).map((one) => ({ minute, text: JSON.stringify(one) })));
    life.pass(5);
  }
  const minutesOf = (isMeant: (text: string) => boolean) =>
    told.filter(({ text }) => isMeant(text)).map(({ minute }) => minute);
  return {
    codes: [...codes],
    mentioned: minutesOf((text) => text.includes(`<@${user}>`)),
    alerts: minutesOf((text) => text.includes("degraded") && !text.includes('"flags":4096')),
    cards: minutesOf((text) => text.includes('"flags":4096')),
  };
}

test("an unusable state: each slot has one card and one alert, and only the first mentions somebody", async () => {
  await using life = await startLife(Date.parse("2026-08-01T12:07:00Z"));
  writeFileSync(life.stateDirectory, "no directory");
  const environment = { RUNTIME_DIRECTORY: join(life.directory, "run") };
  const slots = [0, 25, 55];
  expect(await lookForAnHour(life, { environment })).toEqual({
    codes: [73],
    mentioned: [0],
    alerts: slots,
    cards: slots,
  });
});

const places = "/run/server-metrics /dev/shm/server-metrics-0 /tmp/server-metrics-0";
/** The state of earlier runs, on a disk that has become read-only. */
const readOnlyState = "mount -o remount,ro $W/state";

/** What is wrong with the places for a word on what was told, the minutes at which the alert mentions somebody, and how often it is told. */
for (const [what, prepare, mentions, told] of [
  [
    "memory file systems that are full",
    `for d in ${places}; do mkdir -p -m 700 $d; mount -t tmpfs -o mode=700,size=4k tmpfs $d; echo x >$d/x; done`,
    [0],
    3,
  ],
  [
    "memory file systems that are read-only",
    `for d in ${places}; do mkdir -p -m 700 $d; mount -t tmpfs -o mode=700,ro tmpfs $d; done`,
    [],
    2,
  ],
] as const) {
  testWith()(
    `an unusable state, and ${what}: an alert is told once in a slot, and mentions somebody at most once`,
    async () => {
      await using namespace = await openNamespace();
      await using life = await startLife(Date.parse("2026-08-01T11:37:00Z"));
      await namespace.shell("mkdir -m 700 $W/state; mount -t tmpfs -o mode=700 tmpfs $W/state");
      const state = { SERVER_METRICS_STATE_DIR: `${namespace.directory}/state` };
      const options = { prefix: namespace.enter([]), environment: state };
      for (let look = 0; look < 6; look += 1) {
        expect((await life.run({ ...options, arguments: ["--card-every", "30m"] })).status).toBe(0);
        life.pass(5);
      }
      await namespace.shell(`${prepare}; ${readOnlyState}`);
      const { codes, mentioned, alerts } = await lookForAnHour(life, options);
      expect({ codes, mentioned, told: alerts.length }).toEqual({ codes: [73], mentioned: [...mentions], told });
    },
  );
}
