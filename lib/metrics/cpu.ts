import * as v from "valibot";

import { significant } from "../format.ts";
import { defineMetric, type Earlier, type Since } from "../model/metric.ts";
import { gauge } from "../model/observation.ts";
import { expectedTicks, parseProcStat } from "../proc/procStat.ts";

const schema = v.object({
  user: v.number(),
  nice: v.number(),
  system: v.number(),
  idle: v.number(),
  iowait: v.number(),
  irq: v.number(),
  softirq: v.number(),
  steal: v.number(),
  guest: v.number(),
  /** CPUs online, which say how much the others can grow. */
  cores: v.number(),
});

/**
 * CPU time of the whole machine since boot, in clock ticks, and the number of CPUs. Source: /proc/stat, `proc_stat(5)`.
 */
export type Cpu = v.InferOutput<typeof schema>;

const shareNames = ["busy", "user", "system", "iowait", "steal"] as const;

/** Shares of the machine's CPU time between two readings, in percent of all CPUs. */
export type CpuShares = Readonly<Record<(typeof shareNames)[number], number>>;

type State = Exclude<keyof Cpu, "cores">;

/** The kernel rounds user and guest time down separately, so their difference may fall by a tick. */
const roundedTicks = 2;

/**
 * What the CPUs did between two readings; null when the counters did not move, ran backwards as a whole, or grew by more
 * than there was time. The idle and I/O wait counters may fall a little by themselves (`proc_stat(5)` warns of it): that
 * counts as standing still. When they grew by too little, the machine was suspended or paused, and was idle meanwhile.
 */
export function cpuShares({ before, seconds }: Since<Cpu>, now: Cpu): CpuShares | null {
  const spent = (state: State) => Math.max(0, now[state] - before[state]);
  const grown = (...states: readonly State[]) =>
    states.reduce((sum, state) => sum + now[state] - before[state], 0) + roundedTicks;
  const idle = spent("idle") + spent("iowait");
  const user = spent("user") + spent("nice") + spent("guest");
  const system = spent("system") + spent("irq") + spent("softirq");
  const busy = user + system + spent("steal");
  const { usual, most, oneSecond } = expectedTicks(seconds, Math.max(before.cores, now.cores));
  if (busy + idle === 0 || busy + idle > most || before.idle - now.idle > oneSecond) return null;
  if (grown("user", "nice", "guest") < 0 || grown("system") < 0) return null;
  const whole = busy + idle < usual * 0.75 ? usual : busy + idle;
  const share = (ticks: number) => (ticks / whole) * 100;
  return {
    busy: share(busy),
    user: share(user),
    system: share(system),
    iowait: share(spent("iowait")),
    steal: share(spent("steal")),
  };
}

/** An interval of less than a minute, and a few seconds for what cron is late, holds little but the program itself. */
const shortestReportSeconds = 55;

const sharesSince = (now: Cpu, since: Since<Cpu> | null) => (since === null ? null : cpuShares(since, now));

/** The reading to compare with; one of a moment ago is too near. */
const worthwhile = ({ sample, report }: Earlier<Cpu>): Earlier<Cpu> => ({
  sample,
  report: report !== null && report.seconds >= shortestReportSeconds ? report : null,
});

const inMode = (mode: string) => ({ name: "system.cpu.utilization", attributes: { "cpu.mode": mode } });

/** Busy is everything but idle and I/O wait; one window over all CPUs, so 100 % is the whole machine. */
export const cpu = defineMetric({
  order: 30,
  title: (words) => words.cpu.label,
  schema,
  core: true,
  sampled: true,
  definitions: {
    cpu_busy_percent: gauge(
      "percent",
      "CPU time not idle and not waiting for I/O; window sample: during the run, report: since the last report.",
      { label: (words) => words.cpu.label },
    ),
    cpu_user_percent: gauge("percent", "CPU time in programs, guests included.", { otlp: inMode("user") }),
    cpu_system_percent: gauge("percent", "CPU time in the kernel, interrupts included.", { otlp: inMode("system") }),
    cpu_iowait_percent: gauge("percent", "CPU time idle while I/O was outstanding.", { otlp: inMode("iowait") }),
    cpu_steal_percent: gauge("percent", "CPU time that the hypervisor gave to others.", { otlp: inMode("steal") }),
  },
  collect: async (host) => {
    const { ticks, cores } = parseProcStat(await host.readProc("stat"));
    return { ...ticks, cores };
  },
  observe: (now, since) =>
    (["sample", "report"] as const).flatMap((window) => {
      const shares = sharesSince(now, worthwhile(since)[window]);
      if (shares === null) return [];
      return shareNames.map((state) => {
        return { name: `cpu_${state}_percent`, labels: { window }, value: shares[state] } as const;
      });
    }),
  describe: (now, since, { words }) => {
    const { label, notMeasured, ...forms } = words.cpu;
    const earlier = worthwhile(since);
    const sample = sharesSince(now, earlier.sample);
    const report = sharesSince(now, earlier.report);
    const main = report ?? sample;
    const about = (["busy", "iowait", "steal"] as const).map(
      (state) => `cpu_${state}_percent{window="report"}` as const,
    );
    const trends = 'cpu_busy_percent{window="report"}' as const;
    if (main === null) return [{ label, number: "?", lines: [notMeasured], importance: "core", about, trends }];
    const shareOf = (state: "busy" | "iowait" | "steal", shares: CpuShares) =>
      words.percent(shares[state], words.thresholdsOf(`cpu_${state}_percent`, { window: "report" }));
    const lines = [
      shareOf("busy", main),
      earlier.report === null || report === null
        ? forms.sample(significant(earlier.sample?.seconds ?? 0))
        : forms.over(earlier.report.seconds),
      ...(report !== null && sample !== null ? [forms.now(shareOf("busy", sample))] : []),
      ...(main.iowait >= 5 ? [forms.iowait(shareOf("iowait", main))] : []),
      ...(main.steal >= 2 ? [forms.steal(shareOf("steal", main))] : []),
    ];
    return [{ label, percent: main.busy, lines, importance: "core", about, trends }];
  },
});
