import { assess } from "../../lib/alerts/assess.ts";
import { createFormat } from "../../lib/format.ts";
import { compare, observe } from "../../lib/measure/compare.ts";
import type { Values } from "../../lib/metrics/index.ts";
import { createReport, type Report } from "../../lib/report/report.ts";
import { activeRule } from "../../lib/settings/alerts.ts";
import { remindersOf } from "../../lib/settings/announcements.ts";
import { en } from "../../lib/words/en.ts";
import type { Note } from "../../lib/model/note.ts";
import { readings } from "./readings.ts";

const GiB = 1024 ** 3;

/** Ordinary memory: half of 2 GiB used. */
export const memory: Values["memory"] = {
  totalBytes: 2 * GiB,
  availableBytes: GiB,
  swapTotalBytes: 0,
  swapFreeBytes: 0,
  zfsCacheBytes: 0,
  swapInMemory: false,
  containerLimit: false,
};

/** Two cores with little to do. */
export const load: Values["load"] = {
  oneMinute: 0.31,
  fiveMinutes: 0.2,
  fifteenMinutes: 0.1,
  cores: 2,
  online: 2,
  quotaCores: null,
};

const noTicks: Values["cpu"] = {
  user: 0,
  nice: 0,
  system: 0,
  idle: 0,
  iowait: 0,
  irq: 0,
  softirq: 0,
  steal: 0,
  guest: 0,
  cores: 2,
};

/** CPUs that were `busy` percent busy in the sample window. */
export const cpu = (busy: number): Values["cpu"] => ({ ...noTicks, user: busy, idle: 100 - busy });

/** A disk of 50 GiB without reserved blocks, `used` percent full. */
export function disk(mount: string, used: number): Values["storage"][number] {
  const freeBytes = 50 * GiB * (1 - used / 100);
  const usage = { totalBytes: 50 * GiB, freeBytes, availableBytes: freeBytes, inodes: 1000, inodesFree: 900 };
  return { mount, device: "/dev/vda1", fsType: "ext4", readOnly: false, usage, problem: null };
}

/** The report of a machine with these readings, through all the pure stages. */
export function reportOf(
  given: Parameters<typeof readings>[0],
  name: string | null = null,
  notes: readonly Note[] = [],
  trends: Report["trends"] = new Map(),
): Report {
  const snapshot = { takenAtMs: Date.parse("2026-07-10T12:38:48Z"), readings: readings(given) };
  const sample = { readings: { cpu: { status: "ok", value: noTicks } }, seconds: 0.5 } as const;
  const comparison = compare(snapshot, sample, null);
  const observations = observe(snapshot, comparison);
  const format = createFormat("iec");
  const { alerts } = assess({
    observations,
    ruleOf: (rule) => activeRule(rule, {}),
    before: {},
    reminders: remindersOf({}),
    nowMs: snapshot.takenAtMs,
  });
  const told = { name, notes, nextMs: null, words: en };
  return createReport({ snapshot, comparison, observations, alerts, trends, format, ...told });
}
