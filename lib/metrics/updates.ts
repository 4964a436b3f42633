import * as v from "valibot";

import { Unavailable } from "../model/host.ts";
import { defineMetric } from "../model/metric.ts";
import { gauge, observations } from "../model/observation.ts";

const schema = v.object({ packages: v.array(v.string()), securityPackages: v.array(v.string()) });

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

/** It takes a second or more of CPU time. */
const deadlineMs = 20_000;

/** Updates that wait. Off unless the settings ask for it, and then only where everything is asked for. */
export const updates = defineMetric({
  order: 230,
  title: (words) => words.updates.label,
  schema,
  onDemand: true,
  deadlineMs: () => deadlineMs,
  definitions: {
    updates_pending: gauge("count", "Packages for which there is an update."),
    updates_security_pending: gauge("count", "Of those, the ones from a security archive."),
  },
  collect: async (host, config) => {
    if (!config.updates) throw new Unavailable("not asked for: set updates = true");
    return parseUpgrade(await host.run("apt-get", ["-s", "upgrade"], { deadlineMs }));
  },
  observe: (now) =>
    observations("updates", { pending: now.packages.length, security_pending: now.securityPackages.length }),
  describe: ({ packages, securityPackages }, _earlier, { words: { updates: words } }) => {
    const security = securityPackages.length > 0 ? [words.security(securityPackages)] : [];
    const lines = packages.length === 0 ? [words.none] : [words.waiting(packages.length), ...security];
    return [{ label: words.label, lines, importance: "detail", about: ["updates_pending"] }];
  },
});
