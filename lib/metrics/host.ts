import * as v from "valibot";

import { type Host, Unavailable } from "../model/host.ts";
import { defineMetric, type Reading } from "../model/metric.ts";
import { gauge, type Observation, observations } from "../model/observation.ts";
import { parseDecimal } from "../proc/number.ts";
import { parseProcStat } from "../proc/procStat.ts";

const schema = v.object({
  hostname: v.nullable(v.string()),
  os: v.nullable(v.string()),
  kernel: v.nullable(v.string()),
  cores: v.nullable(v.number()),
  uptimeSeconds: v.nullable(v.number()),
  bootId: v.nullable(v.string()),
});

/**
 * Who this machine is and since when it runs. Sources: /proc/sys/kernel (`proc_sys_kernel(5)`), /proc/uptime (right in a
 * container too), /etc/os-release (`os-release(5)`), and the cpuN lines of /proc/stat.
 */
export type HostFacts = v.InferOutput<typeof schema>;

/** PRETTY_NAME of `os-release(5)`, quotes taken off; null when there is none. */
export function parseOsRelease(text: string): string | null {
  const value = /^PRETTY_NAME=(.*)$/m.exec(text)?.[1]?.trim() ?? "";
  return value.replace(/^(["'])(.*)\1$/, "$2").replace(/\\(["$`\\])/g, "$1") || null;
}

const orNull = <T>(reading: Promise<T>) => reading.catch(() => null);

/** Longer than any machine ran without a reboot: a hundred years. */
const impossibleSeconds = 100 * 365 * 86_400;

/** Null for what cannot be true. Some versions of lxcfs show 0, which would look like a machine that just booted. */
function parseUptime(text: string): number | null {
  const seconds = parseDecimal(text.trim().split(" ", 1)[0]);
  return seconds === null || seconds === 0 || seconds > impossibleSeconds ? null : seconds;
}

/** Each fact is read by itself; unavailable only when all are missing. */
async function collectHost(host: Host): Promise<HostFacts> {
  const osRelease =
    (await orNull(host.readFile("/etc/os-release"))) ?? (await orNull(host.readFile("/usr/lib/os-release")));
  const uptime = await orNull(host.readProc("uptime"));
  const cores = await orNull(host.readProc("stat").then((text) => parseProcStat(text).cores));
  const kernelFact = async (name: string) => (await orNull(host.readProc(`sys/kernel/${name}`)))?.trim() ?? null;
  const facts = {
    hostname: await kernelFact("hostname"),
    os: osRelease === null ? null : parseOsRelease(osRelease),
    kernel: await kernelFact("osrelease"),
    cores: cores === 0 ? null : cores,
    uptimeSeconds: uptime === null ? null : parseUptime(uptime),
    bootId: await kernelFact("random/boot_id"),
  };
  if (Object.values(facts).every((fact) => fact === null)) throw new Unavailable("/proc is not there");
  return facts;
}

/** How far the clock was off Discord's at the last delivery, in either direction; null without one. */
export const observeClock = (offSeconds: number | null): readonly Observation<"clock_off_seconds">[] =>
  observations("clock", { off_seconds: offSeconds === null ? null : Math.abs(offSeconds) });

type Read = Readonly<Record<string, Reading<unknown>>>;

const readingsOf = (readings: Read, status: Reading<unknown>["status"]) =>
  Object.keys(readings).filter((metric) => readings[metric]?.status === status);

/** Which readings of this run failed. */
export function observeFailures(readings: Read): readonly Observation<"reading_failed" | "readings_failed">[] {
  const failed = readingsOf(readings, "failed");
  const each = failed.flatMap((metric) => observations("reading", { failed: 1 }, { metric }));
  return [...observations("readings", { failed: failed.length }), ...each];
}

/** Which succeeded: for the rule, so that it knows what could be read before. Twenty more numbers that nobody asks for. */
export const observeSuccesses = (readings: Read): readonly Observation<"reading_failed">[] =>
  readingsOf(readings, "ok").flatMap((metric) => observations("reading", { failed: 0 }, { metric }));

/** Name, operating system, kernel, uptime. */
export const host = defineMetric({
  order: 240,
  title: (words) => words.host.title,
  schema,
  isDetail: true,
  core: true,
  definitions: {
    clock_off_seconds: gauge("seconds", "How far the clock was off Discord's at the last delivery."),
    readings_failed: gauge("count", "Metrics that could not be read."),
    reading_failed: gauge("count", "1 for a metric that could not be read; not there for all others."),
    uptime_seconds: gauge("seconds", "Time since the machine booted.", { otlp: { name: "system.uptime" } }),
  },
  collect: collectHost,
  observe: ({ uptimeSeconds }) => observations("uptime", { seconds: uptimeSeconds }),
  describe: (now, _earlier, { words }) => {
    const system = [now.os, now.kernel].filter((fact) => fact !== null);
    return [
      ...(system.length > 0
        ? [{ label: words.host.system, lines: system, importance: "detail", about: [] } as const]
        : []),
      ...(now.uptimeSeconds === null
        ? []
        : [
            {
              label: words.host.up,
              lines: [words.duration(now.uptimeSeconds)],
              importance: "detail",
              about: [],
            } as const,
          ]),
    ];
  },
});
