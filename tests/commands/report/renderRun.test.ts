import { expect, test } from "bun:test";

import { renderRun } from "../../../lib/commands/report/renderRun.ts";
import { measure } from "../../../lib/measure/measure.ts";
import { noPast } from "../../../lib/state/past.ts";
import { type Ephemeral, ephemeralState } from "../../../lib/state/state.ts";
import { en } from "../../../lib/words/en.ts";
import { defaultConfig } from "../../support/measure.ts";
import { testWorld } from "../../support/testWorld.ts";

/** What a run leaves behind on which the digest has its turn. */
async function runOn(ephemeral: Ephemeral | null) {
  const { machine } = testWorld();
  using state = ephemeralState({ kind: "asked", reason: "a test" });
  const measurement = await measure(machine, defaultConfig, noPast, { everything: false, doing: () => undefined });
  const daily = { fromMs: 0, toMs: 1, runs: 1, gaps: [], summaries: [], incidents: [], days: null };
  const turn = { isDue: true, days: ["2026-08-01"] };
  const kept = { shown: null, keptPicture: null };
  const told = { ...kept, chart: null, digestChart: null, daily, turn, announcement: null, wantsCard: false };
  const pictures = { png: null, digestPng: new Uint8Array([1]) };
  const outcome = { ...measurement, ...told, ...pictures, words: en, routed: () => [] };
  return renderRun({ ...state, ephemeral }, outcome, defaultConfig);
}

test("the digest has the chart, and its day is remembered", async () => {
  const run = await runOn(null);
  expect(run).toMatchObject({ card: null, chart: null, digestDays: ["2026-08-01"] });
  expect(run.daily).toMatchObject({ picture: new Uint8Array([1]), digest: { reports: 1 } });
});

test("where nothing can be remembered the day is not told: it would be told in each run", async () => {
  expect((await runOn({ kind: "unusable", reason: "the disk is full" })).daily).toBeNull();
});
