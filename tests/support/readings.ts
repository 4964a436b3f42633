import { type MetricName, type Readings, type Values, metricNames } from "../../lib/metrics/index.ts";

const host: Values["host"] = {
  hostname: "vps",
  os: "Ubuntu 24.04.3 LTS",
  kernel: "6.8.0",
  cores: 2,
  uptimeSeconds: 2_000_000,
  bootId: "a",
};

/** What a test gives of a machine's readings: values, and of the host only what matters. */
type Given = Partial<Omit<Values, "host">> & { readonly host?: Partial<Values["host"]> | null };

/** Readings with the given values; all else is unavailable. The host has ordinary facts unless it is null. */
export function readings(given: Given): Readings {
  const values: Partial<Record<MetricName, unknown>> = {
    ...given,
    host: given.host === null ? undefined : { ...host, ...given.host },
  };
  const entries = metricNames.map((name) => [
    name,
    values[name] === undefined ? { status: "unavailable", reason: "not given" } : { status: "ok", value: values[name] },
  ]);
  return Object.fromEntries(entries) as Readings;
}
