import type { Incident } from "../../lib/alerts/incidents.ts";
import type { RuleName } from "../../lib/alerts/rules.ts";
import { observationKey } from "../../lib/model/observation.ts";
import type { ChartInput } from "../../lib/past/chart.ts";
import type { PastRun } from "../../lib/past/forecast.ts";

const hourMs = 3_600_000;
/** When the days here end: shortly after nine in the evening in Tokyo. */
const nowMs = Date.parse("2026-08-01T12:10:00Z");

const key = (name: string, labels: Readonly<Record<string, string>> = {}) => observationKey({ name, labels });
const mountKey = (mount: string) => key("storage_used_percent", { mount });
const portKey = (way: string) => key(`network_${way}_bytes_per_second`, { interface: "eth0", window: "report" });

/** Between 0 and 1, the same each time. */
const noise = (index: number) => Math.abs(Math.sin(index * 12.9898) * 43758.5453) % 1;
/** A bell around an hour of the day before now. */
const bell = (hoursAgo: number, middle: number, width: number) => Math.exp(-(((hoursAgo - middle) / width) ** 2));

/** What a small server measures so many hours ago: a backup at night, more to do in the evening, a disk that fills. */
function numbersAt(hoursAgo: number): ReadonlyMap<string, number> {
  const index = Math.round(hoursAgo * 60);
  const backup = bell(hoursAgo, 17, 0.8);
  const evening = bell(hoursAgo, 1, 2.5);
  return new Map([
    [key("cpu_busy_percent", { window: "report" }), 8 + 7 * noise(index) + 55 * backup + 25 * evening],
    [key("memory_used_percent"), 48 + 2 * noise(index + 7) + 9 * evening + (24 - hoursAgo) / 4],
    [mountKey("/"), 74 - hoursAgo / 6 + (hoursAgo > 4 && hoursAgo <= 7 ? 16 : 0)],
    [mountKey("/boot"), 11.6],
    [portKey("receive"), 9e4 + 6e4 * noise(index + 3) + 2.5e5 * evening],
    [portKey("transmit"), 1.2e5 + 9e4 * noise(index + 5) + 1.6e6 * backup + 6e5 * evening],
  ]);
}

/** Runs every half hour, the last one now. */
const runs: readonly PastRun[] = Array.from({ length: 49 }, (_, index) => {
  const hoursAgo = 24 - index / 2;
  return { atMs: nowMs - hoursAgo * hourMs, numbers: numbersAt(hoursAgo) };
});

const incident = (
  from: number,
  to: number | null,
  severity: "warning" | "critical",
  rule: RuleName,
  labels: Readonly<Record<string, string>>,
  value: number,
): Incident => ({
  target: `${rule}${JSON.stringify(labels)}`,
  fromMs: nowMs - from * hourMs,
  toMs: to === null ? null : nowMs - to * hourMs,
  severity,
  rule,
  labels,
  value,
});

const span = [nowMs - 24 * hourMs, nowMs] as const;
const incidents = [incident(7, 4, "warning", "storage_used", { mount: "/" }, 88)];

/** Days that a chart must be able to tell. */
export const days = {
  ordinary: { span, runs, incidents },
  gap: {
    span,
    runs: runs.filter((_, index) => index !== 4 && (index < 12 || index > 22)),
    incidents: [
      incident(12.5, 8, "warning", "cpu_busy", { window: "report" }, 92),
      incident(1.5, null, "critical", "service_down", { unit: "nginx.service" }, 0),
    ],
  },
  "first hour": { span, runs: runs.slice(-3), incidents: [] },
  flat: { span, runs: runs.map(({ atMs }) => ({ atMs, numbers: numbersAt(12) })), incidents: [] },
  "200 alerts": {
    span,
    runs,
    incidents: Array.from({ length: 200 }, (_, index) => {
      const [from, severity] = [24 - index / 8.4, index % 3 === 0 ? "critical" : "warning"] as const;
      return incident(from, from - 0.1, severity, "service_down", { unit: `app${index}.service` }, 0);
    }),
  },
  changes: {
    span,
    runs,
    incidents,
    changes: [
      { atMs: nowMs - 17 * hourMs, isLoud: false },
      { atMs: nowMs - 17.01 * hourMs, isLoud: true },
      { atMs: nowMs - 7.5 * hourMs, isLoud: false },
      { atMs: nowMs, isLoud: false },
    ],
  },
  "no network": {
    span,
    runs: runs.map(({ atMs, numbers }) => ({
      atMs,
      numbers: new Map([...numbers].filter(([name]) => !name.startsWith("network"))),
    })),
    incidents: [],
  },
  "hostile names": {
    span,
    runs: runs.map(({ atMs, numbers }) => ({
      atMs,
      numbers: new Map([
        ...numbers,
        [mountKey('/mnt/<b>&"日本語"\u202e\n and what a long name'), 91],
        [key("network_receive_bytes_per_second", { interface: "enx001122334455", window: "report" }), 1e9],
      ]),
    })),
    incidents: [
      incident(0.5, null, "critical", "storage_used", { mount: '/mnt/<b>&"日本語"\u202e\n and what a long name' }, 91),
    ],
  },
} as const satisfies Readonly<Record<string, ChartInput & { readonly runs: readonly PastRun[] }>>;
