import * as v from "valibot";

import type { Host } from "../model/host.ts";
import { defineMetric } from "../model/metric.ts";
import { gauge, observations } from "../model/observation.ts";
import { parseCount, sharePercent } from "../proc/number.ts";

const schema = v.object({
  tracked: v.number(),
  /** Null where the kernel sets no limit. */
  limit: v.nullable(v.number()),
});

/**
 * Connections that the firewall keeps in its table. Sources: nf_conntrack_count and nf_conntrack_max in
 * /proc/sys/net/netfilter, kernel documentation `networking/nf_conntrack-sysctl`.
 */
export type Conntrack = v.InferOutput<typeof schema>;

async function collectConntrack(host: Host): Promise<Conntrack> {
  const read = async (name: string) => {
    const count = parseCount(/^(\d+)\n/.exec(await host.readProc(`sys/net/netfilter/${name}`))?.[1]);
    if (count === null) throw new Error(`${name} is malformed`);
    return count;
  };
  return { tracked: await read("nf_conntrack_count"), limit: (await read("nf_conntrack_max")) || null };
}

/** A limit that was lowered does not drop the connections above it. */
const usedPercent = ({ tracked, limit }: Conntrack) =>
  limit === null ? null : sharePercent(Math.min(tracked, limit), limit);

/** The rule's warning threshold. */
const notablePercent = 90;

/** Tracked connections against the table's size. When it is full, the kernel silently drops new connections. */
export const conntrack = defineMetric({
  order: 110,
  title: (words) => words.conntrack.label,
  schema,
  definitions: {
    conntrack_tracked: gauge("count", "Connections in the table of the firewall."),
    conntrack_limit: gauge("count", "The most that it holds."),
    conntrack_used_percent: gauge("percent", "Used share of the table."),
  },
  collect: collectConntrack,
  observe: (now) =>
    observations("conntrack", { tracked: now.tracked, limit: now.limit, used_percent: usedPercent(now) }),
  describe: (now, _earlier, { words }) => {
    const { label } = words.conntrack;
    const about = ["conntrack_used_percent"] as const;
    const { tracked, limit } = now;
    const used = usedPercent(now);
    if (used === null || limit === null)
      return [{ label, lines: [words.row.noLimit(tracked)], importance: "detail", about }];
    const lines = [
      words.percent(used, words.thresholdsOf("conntrack_used_percent", {})),
      words.row.used(tracked, limit),
    ];
    return [{ label, percent: used, lines, importance: used >= notablePercent ? "notable" : "detail", about }];
  },
});
