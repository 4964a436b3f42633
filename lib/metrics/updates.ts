import * as v from "valibot";

import { dayMs } from "../clock.ts";
import { defineMetric } from "../model/metric.ts";
import { gauge, observations } from "../model/observation.ts";

const schema = v.object({
  packages: v.array(v.string()),
  securityPackages: v.array(v.string()),
  /** Since when each package of a security archive waits, milliseconds since the epoch, and for how many days the oldest. */
  waitsSinceMs: v.exactOptional(v.record(v.string(), v.number())),
  days: v.exactOptional(v.number()),
});

/**
 * The packages for which there is an update, and those of them that come from a security archive. Source: what
 * `apt-get -s upgrade` would do, `apt-get(8)`; it changes nothing and asks no network.
 */
export type Updates = v.InferOutput<typeof schema>;

/** Parses the lines `Inst NAME [OLD] (NEW ARCHIVE …)`. */
export function parseUpgrade(text: string): Updates {
  const updates = Array.from(text.matchAll(/^Inst (\S+) (.*)$/gm), ([, name = "", from = ""]) => ({ name, from }));
  return {
    packages: updates.map(({ name }) => name),
    securityPackages: updates.filter(({ from }) => /security/i.test(from)).map(({ name }) => name),
  };
}

/** Where the rule's warning stands. */
const notableDays = 7;

/** It takes a second or more of CPU time. */
const deadlineMs = 20_000;

function carryUpdates(now: Updates, before: Updates | null, atMs: number): Updates {
  const sinceMs = (name: string) => Math.min(before?.waitsSinceMs?.[name] ?? atMs, atMs);
  const { packages, securityPackages } = now;
  const waitsSinceMs = Object.fromEntries(securityPackages.map((name) => [name, sinceMs(name)]));
  if (securityPackages.length === 0) return { packages, securityPackages };
  const days = (atMs - Math.min(...Object.values(waitsSinceMs))) / dayMs;
  return { packages, securityPackages, waitsSinceMs, days };
}

/** Updates that wait. One report of the day asks, and `show` where the settings say so. */
export const updates = defineMetric({
  order: 230,
  title: (words) => words.updates.label,
  schema,
  errand: { inShow: (settings) => settings.updates },
  deadlineMs: () => deadlineMs,
  definitions: {
    updates_pending: gauge("count", "Packages for which there is an update."),
    updates_security_waiting_days: gauge("days", "For how long the oldest of those has waited; not there for none."),
    updates_security_pending: gauge("count", "Of those, the ones from a security archive."),
  },
  collect: async (host) => parseUpgrade(await host.run("apt-get", ["-s", "upgrade"], { deadlineMs })),
  carry: carryUpdates,
  observe: (now) =>
    observations("updates", {
      pending: now.packages.length,
      security_pending: now.securityPackages.length,
      security_waiting_days: now.days ?? null,
    }),
  describe: ({ packages, securityPackages, days = 0 }, _earlier, { words: { updates: words } }) => {
    const security = securityPackages.length > 0 ? [words.security(securityPackages)] : [];
    const lines = packages.length === 0 ? [words.none] : [words.waiting(packages.length), ...security];
    return [
      {
        label: words.label,
        lines,
        importance: days >= notableDays ? "notable" : "detail",
        about: ["updates_security_waiting_days"],
      },
    ];
  },
});
