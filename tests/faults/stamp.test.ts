import { expect } from "bun:test";
import { join } from "node:path";

import { machinesDirectory } from "../support/project.ts";
import { openNamespace } from "../support/namespace.ts";
import { testWith } from "../support/needs.ts";
import { startLife } from "./life.ts";

const user = "112233445566778899";
const places = "/run/server-metrics /dev/shm/server-metrics-0 /tmp/server-metrics-0";
/** The state of earlier runs, on a disk that has become read-only. */
const readOnlyState = "mount -o remount,ro $W/state";

/** What is wrong with the places for a word on what was told, the minutes at which the alert mentions somebody, and how often it is told. */
for (const [what, prepare, mentioned, told] of [
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
      await Bun.write(join(life.directory, "a.toml"), `[alerts]\nmention_user = "${user}"\n`);
      const state = { SERVER_METRICS_STATE_DIR: `${namespace.directory}/state` };
      const run = (environment: Readonly<Record<string, string>>) =>
        life.run({
          prefix: namespace.enter([]),
          environment: { ...state, ...environment },
          arguments: ["--card-every", "30m", "--config", join(life.directory, "a.toml")],
        });
      for (let look = 0; look < 6; look += 1) {
        expect((await run({})).status).toBe(0);
        life.pass(5);
      }
      await namespace.shell(`${prepare}; ${readOnlyState}`);
      const minutes: number[] = [];
      let alerts = 0;
      for (let minute = 0; minute < 60; minute += 5) {
        const before = life.discord.messages.length;
        const base = join(machinesDirectory, "degraded-raid");
        const machine = join(life.directory, "raid");
        await Bun.write(join(machine, "machine.json"), JSON.stringify({ base, takenAt: life.now() }));
        expect((await run({ SERVER_METRICS_MACHINE: machine })).status).toBe(73);
        const news = life.discord.messages.slice(before).map((message) => JSON.stringify(message));
        alerts += news.filter((text) => text.includes("degraded") && !text.includes('"flags":4096')).length;
        if (news.some((text) => text.includes(`<@${user}>`))) minutes.push(minute);
        life.pass(5);
      }
      expect({ minutes, alerts }).toEqual({ minutes: [...mentioned], alerts: told });
    },
    120_000,
  );
}
