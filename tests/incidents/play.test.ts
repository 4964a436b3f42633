/** A third of the campaign; `npm run incidents` plays all. */
import { expect } from "bun:test";

import { testWith } from "../support/needs.ts";
import { type IncidentName, incidents } from "./incidents.ts";
import { playIncident } from "./run.ts";

const usual: readonly IncidentName[] = [
  "conntrackFlood",
  "loopingUnit",
  "raidMember",
  "stuckQueue",
  "deadEngine",
  "swapStorm",
];
const onDisks: readonly IncidentName[] = ["runawayLog", "walPileUp", "deletedFile", "fullInodes"];

const play = (name: IncidentName) => async () => {
  expect(await playIncident(name)).toMatchObject({ missing: [], problem: null });
};

for (const name of usual) testWith("ip")(`the first message names the cause: ${incidents[name].name}`, play(name));
for (const name of onDisks) {
  testWith("ip", "mkfs.ext4", "du")(`the first message names the cause: ${incidents[name].name}`, play(name));
}
