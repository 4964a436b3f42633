import { assess, type AssessInput } from "../../lib/alerts/assess.ts";
import { activeRule } from "../../lib/settings/alerts.ts";
import { remindersOf } from "../../lib/settings/announcements.ts";
import type { Teller, Word } from "./rivals.ts";
import { cpu } from "./trace.ts";

const pointMs = 300_000;

/** What this program says of the CPU when it looks every so many minutes, a multiple of five. */
export function ours(every: number): Teller {
  const rule = activeRule("cpu_busy", {});
  const reminders = remindersOf({});
  const pointsPerLook = every / 5;
  const tell = (points: readonly number[]): readonly Word[] => {
    const words: Word[] = [];
    let before: AssessInput["before"] = {};
    for (let index = pointsPerLook - 1; index < points.length; index += pointsPerLook) {
      const seen = points.slice(index + 1 - pointsPerLook, index + 1);
      const busy = seen.reduce((sum, value) => sum + value, 0) / seen.length;
      const { states, transitions } = assess({
        observations: cpu(busy),
        ruleOf: (name) => (name === "cpu_busy" ? rule : null),
        before,
        reminders,
        nowMs: (index + 1) * pointMs,
        // The first rate is one since a look that has no rate yet.
        lastRunMs: (index + 1 - pointsPerLook) * pointMs,
      });
      before = states;
      for (const { kind, to } of transitions)
        words.push({ index, isBad: to !== null, comesAndGoes: kind === "flapping" });
    }
    return words;
  };
  return { name: `server-metrics, every ${every} min`, tell };
}
