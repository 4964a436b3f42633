import { parseCount, parseDecimal } from "./number.ts";

/** A process that the kernel killed for lack of memory. */
export interface Victim {
  readonly process: string;
  /** The control group that it was in: `/system.slice/misskey.service`; null where the kernel does not say. */
  readonly group: string | null;
  readonly residentBytes: number;
  /** Seconds since the boot; null where the log has no times. */
  readonly atSeconds: number | null;
}

const oomLine = /\boom-kill:.*\btask_memcg=(.*),task=.*,pid=(\d+),uid=/;
const killLine = /\bKilled process (\d+) \((.*)\),? (?:UID:? ?\d+,? )?total-vm:\d+kB, anon-rss:(\d+)kB/;

/** The victims in what `dmesg(1)` prints, the last one last. Older kernels do not name the control group. */
export function parseVictims(text: string): readonly Victim[] {
  const groups = new Map<string, string>();
  return text.split("\n").flatMap((line) => {
    const [, group, of] = oomLine.exec(line) ?? [];
    if (group !== undefined && of !== undefined) groups.set(of, group);
    const [, pid, process, kib] = killLine.exec(line) ?? [];
    if (pid === undefined || process === undefined) return [];
    return [
      {
        process,
        group: groups.get(pid) ?? null,
        residentBytes: (parseCount(kib) ?? 0) * 1024,
        atSeconds: parseDecimal(/^\[ *(\d+\.\d+)\]/.exec(line)?.[1]),
      },
    ];
  });
}
