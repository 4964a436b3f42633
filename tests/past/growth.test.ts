import { expect, test } from "bun:test";

import { assess } from "../../lib/alerts/assess.ts";
import type { KnownObservation } from "../../lib/metrics/index.ts";
import { forecastStorage } from "../../lib/past/forecast.ts";
import { findTrends } from "../../lib/past/trend.ts";
import { activeRule } from "../../lib/settings/alerts.ts";
import { remindersOf } from "../../lib/settings/announcements.ts";

const nowMs = Date.parse("2026-08-01T12:00:00Z");
const names = [
  "storage_available_bytes",
  "storage_used_bytes",
  "storage_used_percent",
  "storage_pressing_percent",
] as const;

/** The observations of so many file systems, and how often any of them has been looked at. */
function watched(mounts: number) {
  const looks = { count: 0 };
  const observations = Array.from({ length: mounts }, (_, index) => index).flatMap((mount) =>
    names.map((name): KnownObservation => {
      const labels = { mount: `/mnt/${mount}` };
      return {
        labels,
        value: mount % 100,
        get name() {
          looks.count += 1;
          return name;
        },
      };
    }),
  );
  return { observations, looks };
}

const stages = {
  forecast: (observations: readonly KnownObservation[]) => forecastStorage(observations, [], nowMs, () => null),
  trends: (observations: readonly KnownObservation[]) => findTrends({ observations, runs: [], hours: [], nowMs }),
  assessment: (observations: readonly KnownObservation[]) =>
    assess({
      observations,
      ruleOf: (name) => activeRule(name, {}),
      before: {},
      reminders: remindersOf({}),
      nowMs,
    }),
};

test.each(Object.entries(stages))("twice the file systems are twice the work for the %s", (_, stage) => {
  const [few, many] = [watched(100), watched(200)];
  stage(few.observations);
  stage(many.observations);
  expect(few.looks.count).toBeGreaterThan(0);
  expect(many.looks.count / few.looks.count).toBeLessThanOrEqual(2.1);
});
