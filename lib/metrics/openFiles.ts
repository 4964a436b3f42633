import * as v from "valibot";

import { defineMetric } from "../model/metric.ts";
import { gauge, observations } from "../model/observation.ts";
import { parseCounts, sharePercent } from "../proc/number.ts";

const schema = v.object({
  open: v.number(),
  /** Null where the kernel sets no limit. */
  limit: v.nullable(v.number()),
});

/** Open files of the whole machine. Source: /proc/sys/fs/file-nr, `proc_sys_fs(5)`. */
export type OpenFiles = v.InferOutput<typeof schema>;

/** Parses /proc/sys/fs/file-nr: allocated, of these unused, the most there may be. Throws when it is not that. */
export function parseFileNr(text: string): OpenFiles {
  const [allocated, unused, most] = parseCounts(/^(.*)\n/.exec(text)?.[1]?.split(/\s+/) ?? []) ?? [];
  if (allocated === undefined || unused === undefined || most === undefined) {
    throw new Error("/proc/sys/fs/file-nr is malformed");
  }
  // The default since systemd 240 is 2^63 - 1, which means no limit. The two counts are not read in one moment.
  return { open: Math.max(0, allocated - unused), limit: most >= 2 ** 53 || most === 0 ? null : most };
}

/** Root may open more files than the limit says. */
const usedPercent = ({ open, limit }: OpenFiles) =>
  limit === null ? null : sharePercent(Math.min(open, limit), limit);

/** The rule's warning threshold. */
const notablePercent = 70;

/** Open files against the machine's limit. At the limit nothing can open a file or a connection. */
export const openFiles = defineMetric({
  order: 100,
  title: (words) => words.openFiles.label,
  schema,
  definitions: {
    open_files_open: gauge("count", "Open files of the whole machine."),
    open_files_limit: gauge("count", "The most that there may be."),
    open_files_used_percent: gauge("percent", "Used share of the limit."),
  },
  collect: async (host) => parseFileNr(await host.readProc("sys/fs/file-nr")),
  observe: (now) => observations("open_files", { open: now.open, limit: now.limit, used_percent: usedPercent(now) }),
  describe: (now, _earlier, { words }) => {
    const { label } = words.openFiles;
    const about = ["open_files_used_percent"] as const;
    const { open, limit } = now;
    const used = usedPercent(now);
    if (used === null || limit === null)
      return [{ label, lines: [words.row.noLimit(open)], importance: "detail", about }];
    const lines = [words.percent(used, words.thresholdsOf("open_files_used_percent", {})), words.row.used(open, limit)];
    return [{ label, percent: used, lines, importance: used >= notablePercent ? "notable" : "detail", about }];
  },
});
