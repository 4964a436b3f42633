import * as v from "valibot";

import { createFormat } from "../format.ts";
import { type Host, ifThere, Unavailable } from "../model/host.ts";
import { defineMetric, type Row } from "../model/metric.ts";
import { gauge, observations } from "../model/observation.ts";
import type { MetricSettings } from "../model/settings.ts";
import { parseNetDev } from "../proc/netDev.ts";
import { parseDefaultRoutes } from "../proc/routes.ts";
import type { RowWords } from "../words/en/rows.ts";
import { addTo, type Both, type Month, monthAt } from "./trafficMonth.ts";

const both = v.tuple([v.number(), v.number()]);

const schema = v.object({
  quotaBytes: v.number(),
  resets: v.number(),
  count: v.picklist(["out", "in", "both", "max"]),
  bootId: v.string(),
  /** Bytes in and out of each interface that leads to the world. */
  counters: v.record(v.string(), both),
  /** Of each local day, since counting began; these are absent where no report asks. */
  days: v.exactOptional(v.record(v.string(), both)),
  sinceMs: v.exactOptional(v.number()),
  atMs: v.exactOptional(v.number()),
});

/**
 * The month's traffic of the interfaces that a default route leads to. Sources: /proc/net/dev, /proc/net/route,
 * /proc/net/ipv6_route, `proc_pid_net(5)`. What went through before a reboot and after the last look is not known.
 */
export type Traffic = v.InferOutput<typeof schema>;

/** A default route may lead to a bond and to a part of it, which would count twice. */
async function withoutParts(host: Host, names: readonly string[]): Promise<readonly string[]> {
  const parts = new Set<string>();
  for (const name of names) {
    const entries = names.length === 1 ? [] : ((await ifThere(host.list(`/sys/class/net/${name}`))) ?? []);
    for (const entry of entries) if (entry.startsWith("lower_")) parts.add(entry.slice("lower_".length));
  }
  return names.filter((name) => !parts.has(name));
}

async function collectTraffic(host: Host, { traffic }: MetricSettings): Promise<Traffic> {
  if (traffic === null) throw new Unavailable("none configured");
  const [ipv4, ipv6] = [await ifThere(host.readProc("net/route")), await ifThere(host.readProc("net/ipv6_route"))];
  const names = await withoutParts(host, parseDefaultRoutes(ipv4 ?? "", ipv6 ?? ""));
  const counters = parseNetDev(await host.readProc("net/dev"))
    .filter((one) => names.includes(one.interface))
    .map((one): [string, Both] => [one.interface, [one.receiveBytes, one.transmitBytes]]);
  if (counters.length === 0) throw new Unavailable("no default route");
  const bootId = (await host.readProc("sys/kernel/random/boot_id")).trim();
  return { ...traffic, bootId, counters: Object.fromEntries(counters) };
}

/** No link is faster than 1.6 Tbit/s. */
const mostBytesPerSecond = 2e11;

/** What went through since the last look. A counter that fell, or that another boot has, began again at 0. */
function grownSince(now: Traffic, before: Traffic, seconds: number): Both {
  const isSameBoot = now.bootId === before.bootId;
  const most = mostBytesPerSecond * Math.max(1, seconds);
  let sum: Both = [0, 0];
  for (const [name, [received, sent]] of Object.entries(now.counters)) {
    const old = isSameBoot ? before.counters[name] : ([0, 0] as const);
    // One that leads out only now: what it had before is not ours.
    if (old === undefined) continue;
    const grown = [received, sent].map((value, way) => value - (value < (old[way] ?? 0) ? 0 : (old[way] ?? 0)));
    if (grown.every((bytes) => bytes <= most)) sum = [sum[0] + (grown[0] ?? 0), sum[1] + (grown[1] ?? 0)];
  }
  return sum;
}

function carryTraffic(now: Traffic, before: Traffic | null, atMs: number): Traffic {
  if (before?.atMs === undefined) return { ...now, days: {}, sinceMs: atMs, atMs };
  const { atMs: fromMs, days = {}, sinceMs = atMs } = before;
  const grown = grownSince(now, before, (atMs - fromMs) / 1000);
  // A route that is gone for a moment comes back with what went through meanwhile.
  const known = now.bootId === before.bootId ? before.counters : {};
  return { ...now, counters: { ...known, ...now.counters }, days: addTo(days, grown, fromMs, atMs), sinceMs, atMs };
}

/** The month so far; null at the first look, which only begins to count. */
function monthIn({ days, resets, count, sinceMs, atMs }: Traffic): Month | null {
  if (days === undefined || sinceMs === undefined || atMs === undefined || sinceMs === atMs) return null;
  return monthAt(days, resets, count, sinceMs, atMs);
}

function describeTraffic(now: Traffic, words: RowWords): Row<"traffic_used_percent"> {
  const { traffic: forms, percent, list } = words;
  const about = ["traffic_used_percent"] as const;
  const month = monthIn(now);
  const row = { label: forms.label, importance: "core", about } as const;
  if (month === null) return { ...row, number: "?", lines: [forms.begins] };
  // Quotas are decimal, whatever this machine's sizes are told in.
  const { bytes } = createFormat("si");
  const { usedBytes, projectedBytes, to } = month;
  const share = (usedBytes * 100) / now.quotaBytes;
  const leftBytes = now.quotaBytes - usedBytes;
  const ends = new Date(to);
  const texts = [
    leftBytes >= 0 ? forms.left(bytes(leftBytes)) : forms.beyond(bytes(-leftBytes)),
    ...(projectedBytes === null
      ? []
      : [forms.projected(bytes(projectedBytes), ends.getUTCMonth() + 1, ends.getUTCDate())]),
  ];
  return {
    ...row,
    percent: Math.min(100, share),
    lines: [
      percent(share, words.thresholdsOf("traffic_used_percent", {})),
      forms.used(bytes(usedBytes), bytes(now.quotaBytes)),
      ...texts,
    ],
    remark: list([forms.short(bytes(usedBytes)), ...texts]),
    trends: "traffic_used_percent",
  };
}

/** What a provider counts of the month, against its quota. */
export const traffic = defineMetric({
  order: 85,
  title: (words) => words.traffic.label,
  schema,
  definitions: {
    traffic_used_bytes: gauge("bytes", "The month's traffic so far, as it is counted against the quota."),
    traffic_quota_bytes: gauge("bytes", "What a month may have."),
    traffic_projected_bytes: gauge("bytes", "The month's traffic by its end, as it went so far."),
    traffic_used_percent: gauge("percent", "The month's traffic as a share of its quota.", {
      label: (words) => words.traffic.label,
      canExceed: true,
    }),
  },
  collect: collectTraffic,
  carry: carryTraffic,
  observe: (now) => {
    const month = monthIn(now);
    if (month === null) return [];
    return observations("traffic", {
      used_bytes: month.usedBytes,
      quota_bytes: now.quotaBytes,
      projected_bytes: month.projectedBytes,
      used_percent: (month.usedBytes * 100) / now.quotaBytes,
    });
  },
  describe: (now, _earlier, { words }) => [describeTraffic(now, words)],
});
