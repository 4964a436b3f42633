import * as v from "valibot";

import type { Host } from "../model/host.ts";
import { defineMetric, type Row, type Since } from "../model/metric.ts";
import { gauge, observationKey, observations, rate, total } from "../model/observation.ts";
import { parseCount, parsePercent } from "../proc/number.ts";
import type { RowWords } from "../words/en/rows.ts";

const stallSchema = v.object({
  percent10s: v.number(),
  percent60s: v.number(),
  percent300s: v.number(),
  totalMicroseconds: v.number(),
});

const resourceSchema = v.object({ some: stallSchema, full: v.nullable(stallSchema) });

const schema = v.object({ cpu: resourceSchema, memory: resourceSchema, io: resourceSchema });

/**
 * How long work waited for a resource: `some` of it, or `full`, all of it at once. Source: /proc/pressure, kernel
 * documentation `accounting/psi`, since Linux 4.20.
 */
export type Pressure = v.InferOutput<typeof schema>;
type Resource = keyof Pressure;
type Kind = "some" | "full";
type Stall = v.InferOutput<typeof stallSchema>;

/** Parses one file of /proc/pressure. `full` is null where there is no such line. Throws when there is no `some`. */
export function parsePressure(text: string): Pressure[Resource] {
  const stall = (kind: Kind): Stall | null => {
    const fields = new RegExp(`^${kind} avg10=(.+) avg60=(.+) avg300=(.+) total=(.+)\n`, "m").exec(text) ?? [];
    const [percent10s = null, percent60s = null, percent300s = null] = fields.slice(1, 4).map(parsePercent);
    const totalMicroseconds = parseCount(fields[4]);
    if (percent10s === null || percent60s === null || percent300s === null || totalMicroseconds === null) return null;
    return { percent10s, percent60s, percent300s, totalMicroseconds };
  };
  const some = stall("some");
  if (some === null) throw new Error("/proc/pressure is malformed");
  return { some, full: stall("full") };
}

async function collectPressure(host: Host): Promise<Pressure> {
  const read = async (resource: Resource) => parsePressure(await host.readProc(`pressure/${resource}`));
  return {
    // For the CPUs of a whole machine `full` has no meaning; kernels since 5.13 print zeros for it.
    cpu: { ...(await read("cpu")), full: null },
    memory: await read("memory"),
    io: await read("io"),
  };
}

const resources = ["cpu", "memory", "io"] as const;
const kinds = ["some", "full"] as const;

/** The exact share of the time since the last report, out of the total; the averages see five minutes at most. */
function percentSince(now: Pressure, since: Since<Pressure> | null, resource: Resource, kind: Kind): number | null {
  const before = since?.before[resource][kind]?.totalMicroseconds;
  const after = now[resource][kind]?.totalMicroseconds;
  if (since === null || before === undefined || after === undefined) return null;
  const perSecond = rate(after, before, since.seconds);
  // The total is read a moment apart from the clock; more than that is a counter that jumped.
  const mostMicroseconds = 1_000_000 * (1.5 * since.seconds + 1);
  return perSecond === null || after - before > mostMicroseconds ? null : Math.min(100, perSecond / 10_000);
}

function observeStall(now: Pressure, since: Since<Pressure> | null, resource: Resource, kind: Kind) {
  const stall = now[resource][kind];
  if (stall === null) return [];
  const share = percentSince(now, since, resource, kind);
  const windows = { "10s": stall.percent10s, "60s": stall.percent60s, "300s": stall.percent300s };
  return [
    ...Object.entries({ ...windows, ...(share === null ? {} : { report: share }) }).flatMap(([window, value]) =>
      observations(`pressure_${kind}`, { percent: value }, { resource, window }),
    ),
    ...observations(`pressure_${kind}`, { seconds_total: stall.totalMicroseconds / 1_000_000 }, { resource }),
  ];
}

function describeResource(
  now: Pressure,
  since: Since<Pressure> | null,
  resource: Resource,
  { pressure: words }: RowWords,
): Row<`pressure_${Kind}_percent`> {
  const { some, full } = now[resource];
  const report = percentSince(now, since, resource, "some");
  return {
    label: words.label[resource],
    lines: [
      words.some(some.percent60s),
      ...(full === null ? [] : [words.full(full.percent60s)]),
      ...(report === null ? [] : [words.report(report)]),
    ],
    // No rule judges it: what waits is slow, not broken, and the reasons have rules of their own.
    importance: "detail",
    about: kinds
      .filter((kind) => now[resource][kind] !== null)
      .map((kind) => observationKey({ name: `pressure_${kind}_percent`, labels: { resource, window: "60s" } })),
  };
}

/** Time lost waiting for CPU, memory and I/O. */
export const pressure = defineMetric({
  order: 50,
  title: (words) => words.pressure.title,
  schema,
  isDetail: true,
  definitions: {
    pressure_some_percent: gauge(
      "percent",
      "Time in which some work waited for the resource; window 10s, 60s, 300s: the kernel's average, report: since the last report.",
    ),
    pressure_full_percent: gauge("percent", "Time in which all work waited at once."),
    pressure_some_seconds_total: total("seconds", "Time in which some work waited."),
    pressure_full_seconds_total: total("seconds", "Time in which all work waited at once."),
  },
  collect: collectPressure,
  observe: (now, { report }) =>
    resources.flatMap((resource) => kinds.flatMap((kind) => observeStall(now, report, resource, kind))),
  describe: (now, { report }, { words }) => resources.map((resource) => describeResource(now, report, resource, words)),
});
