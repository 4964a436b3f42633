import * as v from "valibot";

import { significant } from "../format.ts";
import { Unavailable } from "../model/host.ts";
import { defineMetric, type Earlier, type Row, type Since, type Wording } from "../model/metric.ts";
import { gauge, observationKey, observations, rate, total } from "../model/observation.ts";
import { type DiskCounters, parseDiskstats, selectDisks } from "../proc/diskstats.ts";

const schema = v.array(
  v.object({
    device: v.string(),
    reads: v.number(),
    readBytes: v.number(),
    writes: v.number(),
    writeBytes: v.number(),
    busyMilliseconds: v.number(),
  }),
);

/** The counters of each whole disk since boot. Source: /proc/diskstats, `proc_diskstats(5)`. */
export type DiskIo = v.InferOutput<typeof schema>;

interface Activity {
  readonly read_bytes_per_second: number;
  readonly write_bytes_per_second: number;
  readonly reads_per_second: number;
  readonly writes_per_second: number;
  readonly busy_percent: number;
}

/**
 * Share of the time with a request in flight, in percent; null when the counter was reset. It is 32 bits wide, so a fall
 * is a wrap as long as the growth fits into the time.
 */
function busyPercent(now: number, before: number, seconds: number): number | null {
  const grown = (now - before + 2 ** 32) % 2 ** 32;
  const share = grown / (seconds * 10);
  // Both ends are read a moment apart from the clock; more than that is no wrap.
  return grown > seconds * 1500 + 1000 ? null : Math.min(100, share);
}

/** More than any disk does: PCIe carries 128 GB/s at most. A counter that grew by more has jumped. */
const fastest = { bytesPerSecond: 2e11, requestsPerSecond: 1e9 };

/**
 * What the disk did between; null when a counter fell, because then this is another disk or another boot, and when one
 * grew by more than there was time for.
 */
function activitySince(now: DiskCounters, since: Since<DiskIo> | null): Activity | null {
  const before = since?.before.find(({ device }) => device === now.device);
  if (since === null || before === undefined) return null;
  const { seconds } = since;
  const grown = (counter: Exclude<keyof DiskCounters, "device">) => rate(now[counter], before[counter], seconds) ?? NaN;
  const activity = {
    read_bytes_per_second: grown("readBytes"),
    write_bytes_per_second: grown("writeBytes"),
    reads_per_second: grown("reads"),
    writes_per_second: grown("writes"),
    busy_percent: busyPercent(now.busyMilliseconds, before.busyMilliseconds, seconds) ?? NaN,
  };
  const { read_bytes_per_second: read, write_bytes_per_second: written, busy_percent: busy, ...requests } = activity;
  const isPossible = (most: number) => (value: number) => value >= 0 && value <= most;
  const arePossible =
    [read, written].every(isPossible(fastest.bytesPerSecond)) &&
    Object.values(requests).every(isPossible(fastest.requestsPerSecond)) &&
    busy >= 0;
  return arePossible ? activity : null;
}

function observeDisk(now: DiskCounters, earlier: Earlier<DiskIo>) {
  const { device } = now;
  const totals = {
    read_bytes_total: now.readBytes,
    write_bytes_total: now.writeBytes,
    reads_total: now.reads,
    writes_total: now.writes,
    busy_seconds_total: now.busyMilliseconds / 1000,
  };
  return [
    ...observations("disk_io", totals, { device }),
    ...(["sample", "report"] as const).flatMap((window) =>
      observations("disk_io", { ...activitySince(now, earlier[window]) }, { device, window }),
    ),
  ];
}

function describeDisk(
  now: DiskCounters,
  earlier: Earlier<DiskIo>,
  { format, words }: Wording,
): Row<"disk_io_busy_percent"> {
  const forms = words.diskIo;
  const [report, sample] = [activitySince(now, earlier.report), activitySince(now, earlier.sample)];
  const traffic = (activity: Activity) =>
    forms.traffic(
      format.bytes(activity.read_bytes_per_second),
      format.bytes(activity.write_bytes_per_second),
      activity.busy_percent,
    );
  const sinceBoot = forms.total(format.bytes(now.readBytes), format.bytes(now.writeBytes));
  const operations = (activity: Activity) =>
    forms.operations(significant(activity.reads_per_second), significant(activity.writes_per_second));
  return {
    label: forms.label(now.device),
    lines: [
      ...(report === null ? [sinceBoot] : [forms.report(traffic(report)), operations(report)]),
      ...(sample === null ? [] : [words.row.now(traffic(sample))]),
    ],
    importance: "detail",
    about: [observationKey({ name: "disk_io_busy_percent", labels: { device: now.device, window: "report" } })],
  };
}

/** Disks that are named; the others are counted. */
const rowsAtMost = 4;

function describeDisks(
  now: DiskIo,
  earlier: Earlier<DiskIo>,
  wording: Wording,
): readonly Row<"disk_io_busy_percent">[] {
  const business = (disk: DiskCounters) =>
    activitySince(disk, earlier.report)?.busy_percent ?? disk.busyMilliseconds / 2 ** 32;
  const ranked = now.toSorted((one, other) => business(other) - business(one));
  const rows = ranked.slice(0, rowsAtMost).map((disk) => describeDisk(disk, earlier, wording));
  const hidden = now.length - rows.length;
  const { row, diskIo: forms } = wording.words;
  const more: Row<never> = { label: forms.others, lines: [row.more(hidden)], importance: "detail", about: [] };
  return hidden === 0 ? rows : [...rows, more];
}

const semantic = (what: string, direction?: "read" | "write") => ({
  name: `system.disk.${what}`,
  labels: { device: "system.device.name" },
  ...(direction && { attributes: { "disk.io.direction": direction } }),
});

/** Traffic and utilisation of whole disks. */
export const diskIo = defineMetric({
  order: 70,
  title: (words) => words.diskIo.title,
  schema,
  isDetail: true,
  sampled: true,
  definitions: {
    disk_io_read_bytes_total: total("bytes", "Bytes read.", semantic("io", "read")),
    disk_io_write_bytes_total: total("bytes", "Bytes written.", semantic("io", "write")),
    disk_io_reads_total: total("count", "Reads completed.", {
      ...semantic("operations", "read"),
      unit: "{operation}",
    }),
    disk_io_writes_total: total("count", "Writes completed.", {
      ...semantic("operations", "write"),
      unit: "{operation}",
    }),
    disk_io_busy_seconds_total: total(
      "seconds",
      "Time with a request in flight; 32 bits of milliseconds.",
      semantic("io_time"),
    ),
    disk_io_read_bytes_per_second: gauge(
      "bytes_per_second",
      "Bytes read; window sample: during the run, report: since the last report.",
    ),
    disk_io_write_bytes_per_second: gauge("bytes_per_second", "Bytes written."),
    disk_io_reads_per_second: gauge("per_second", "Reads completed."),
    disk_io_writes_per_second: gauge("per_second", "Writes completed."),
    disk_io_busy_percent: gauge("percent", "Share of the time with a request in flight."),
  },
  collect: async (host) => {
    const disks = selectDisks(parseDiskstats(await host.readProc("diskstats")));
    if (disks.length === 0) throw new Unavailable("no disk of its own");
    return [...disks];
  },
  observe: (now, earlier) => now.flatMap((disk) => observeDisk(disk, earlier)),
  describe: describeDisks,
});
