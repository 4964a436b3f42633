import { expect, test } from "bun:test";

import { learn } from "../../../lib/commands/report/learn.ts";
import { parseBaseline } from "../../../lib/model/baseline.ts";
import { ephemeralState, type State } from "../../../lib/state/state.ts";
import { getValue } from "../../../lib/state/keyValue.ts";
import { readings } from "../../support/readings.ts";
import { dayMs, inMemory, start } from "../../support/stateFile.ts";
import { testHost } from "../../support/testHost.ts";
import { testWorld } from "../../support/testWorld.ts";

const usage = (usedShare: number) => ({
  totalBytes: 1000,
  freeBytes: 1000 * (1 - usedShare),
  availableBytes: 1000 * (1 - usedShare),
  inodes: 0,
  inodesFree: 0,
});

/** A machine on whose disk du counts so much; each look learns what is usual. */
function machineWith() {
  const state: State = { ...ephemeralState({ kind: "asked", reason: "" }), database: inMemory() };
  const asked: string[] = [];
  const look = async (atMs: number, used: number, kib: number) => {
    const host = {
      ...testHost({}),
      run: async (program: string, args: readonly string[]) => {
        asked.push([program, ...args].join(" "));
        return `${kib}\t/srv/data\n${kib}\t/srv\n`;
      },
    };
    const world = testWorld();
    const storage = [
      { mount: "/srv", device: "/dev/sdb", fsType: "ext4", readOnly: false, problem: null, usage: usage(used) },
    ];
    const measured = { snapshot: { takenAtMs: atMs, readings: readings({ storage }) } };
    await learn({ ...world, machine: { ...world.machine, host } }, state, measured);
    return parseBaseline(getValue(state.database, "baseline")).directories["/srv"];
  };
  return { look, asked };
}

test("directories are measured once a week, and only of a file system that fills", async () => {
  const { look, asked } = machineWith();
  expect(await look(start, 0.5, 100)).toBeUndefined();
  expect(asked).toEqual([]);
  expect(await look(start, 0.7, 100)).toMatchObject({ atMs: start, sizes: { "/srv/data": 100 } });
  expect(await look(start + 6 * dayMs, 0.7, 200)).toMatchObject({ atMs: start, sizes: { "/srv/data": 100 } });
  expect(asked).toEqual(["ionice -c 3 nice -n 19 du -xk -d 3 /srv"]);
  expect(await look(start + 8 * dayMs, 0.7, 300)).toMatchObject({
    atMs: start + 8 * dayMs,
    sizes: { "/srv/data": 300 },
  });
});

test("one that was measured before the clock was set back is measured anew", async () => {
  const { look } = machineWith();
  await look(start, 0.7, 100);
  expect(await look(start - dayMs, 0.7, 50)).toMatchObject({ atMs: start - dayMs, sizes: { "/srv/data": 50 } });
});
