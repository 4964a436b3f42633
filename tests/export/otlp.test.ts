import { expect, test } from "bun:test";

import { renderOtlp } from "../../lib/export/otlp.ts";
import { inBaseUnits, ownDefinitions } from "../../lib/export/run.ts";
import { definitions, metricNames, metrics } from "../../lib/metrics/index.ts";
import type { Labels } from "../../lib/model/observation.ts";

const atMs = Date.parse("2026-07-10T12:38:48Z");
const exporter = {
  name: "vps",
  hostId: "0123456789abcdef0123456789abcdef",
  osType: "linux",
  version: "1.2.3",
  bootedMs: atMs - 3_600_000,
};
const one = (name: string, value: number, labels: Labels = {}) => ({ name, labels, value });
const render = (...observations: ReturnType<typeof one>[]) =>
  renderOtlp([{ atMs, observations }], exporter).resourceMetrics[0]!;
const metricsOf = (...observations: ReturnType<typeof one>[]) => render(...observations).scopeMetrics[0]!.metrics;

const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const now = "1783687128000000000";

test("the resource says which machine it is", () => {
  expect(render().resource.attributes).toEqual([
    attribute("service.name", "server-metrics"),
    attribute("service.version", "1.2.3"),
    attribute("host.name", "vps"),
    attribute("host.id", "0123456789abcdef0123456789abcdef"),
    attribute("os.type", "linux"),
  ]);
});

test("a share is a gauge by its semantic name, between 0 and 1", () => {
  expect(metricsOf(one("storage_used_percent", 37.5, { mount: "/" }))).toEqual([
    {
      name: "system.filesystem.utilization",
      unit: "1",
      gauge: {
        dataPoints: [
          {
            attributes: [attribute("system.filesystem.state", "used"), attribute("system.filesystem.mountpoint", "/")],
            timeUnixNano: now,
            asDouble: 0.375,
          },
        ],
      },
    },
  ]);
});

test("a size is a sum that goes up and down, whole and as text, because JSON's numbers end at 53 bits", () => {
  const [metric] = metricsOf(one("memory_used_bytes", 2 ** 40));
  expect(metric?.name).toBe("system.memory.usage");
  expect(metric?.sum).toMatchObject({ aggregationTemporality: 2, isMonotonic: false });
  expect(metric?.sum?.dataPoints[0]).toMatchObject({ asInt: "1099511627776", timeUnixNano: now });
});

test("a counter is a cumulative monotonic sum since the machine booted", () => {
  const [metric] = metricsOf(one("network_receive_bytes_total", 7, { interface: "eth0" }));
  expect(metric).toMatchObject({ name: "system.network.io", unit: "By" });
  expect(metric?.sum).toMatchObject({ aggregationTemporality: 2, isMonotonic: true });
  expect(metric?.sum?.dataPoints[0]).toEqual({
    attributes: [attribute("network.io.direction", "receive"), attribute("network.interface.name", "eth0")],
    startTimeUnixNano: "1783683528000000000",
    timeUnixNano: now,
    asInt: "7",
  });
});

test("two directions are two points of one metric", () => {
  const [metric, ...others] = metricsOf(
    one("disk_io_read_bytes_total", 1, { device: "vda" }),
    one("disk_io_write_bytes_total", 2, { device: "vda" }),
  );
  expect(others).toEqual([]);
  expect(metric?.sum?.dataPoints).toHaveLength(2);
});

test.each([["1m"], ["5m"], ["15m"]])("the load is system.cpu.load_average.%s", (window) => {
  expect(metricsOf(one(`load_${window}`, 0.5))[0]?.name).toBe(`system.cpu.load_average.${window}`);
});

const valueOf = (...observations: ReturnType<typeof one>[]) =>
  metricsOf(...observations)[0]?.gauge?.dataPoints.map(({ asDouble }) => asDouble);

test("CPU utilization is that since the last report, or else during the run, so that modes add up", () => {
  const [sample, report] = ["sample", "report"].map((window, index) =>
    one("cpu_user_percent", 10 + index * 10, { window }),
  );
  expect(valueOf(sample!)).toEqual([0.1]);
  expect(valueOf(sample!, report!)).toEqual([0.2]);
});

test("what has no place in the conventions has our own name, the window with it", () => {
  expect(metricsOf(one("pressure_some_percent", 5, { resource: "cpu", window: "60s" }))).toMatchObject([
    {
      name: "server_metrics.pressure_some_ratio",
      gauge: { dataPoints: [{ attributes: [attribute("resource", "cpu"), attribute("window", "60s")] }] },
    },
  ]);
});

test("a machine that does not tell when it booted has counters without a beginning", () => {
  const observations = [one("network_receive_bytes_total", 7)];
  const text = JSON.stringify(renderOtlp([{ atMs, observations }], { ...exporter, bootedMs: null, hostId: null }));
  expect(text).not.toContain("startTimeUnixNano");
  expect(text).not.toContain("host.id");
});

const lasting = metricNames.flatMap((metric) =>
  Object.entries(metrics[metric].definitions).filter(([, { fleeting }]) => fleeting !== true),
);

test.each(lasting)("%s of the registry is exported", (name, { type }) => {
  const [metric] = metricsOf(one(name, 1));
  expect(metric?.name).toMatch(/^(system|server_metrics)\.[a-z0-9_.]+$/);
  expect(metric?.sum?.isMonotonic ?? false).toBe(type === "counter");
});

const perUnit = /(.+)\/s$/;
const unitWords: Readonly<Record<string, string>> = { By: "bytes", s: "seconds", Cel: "celsius" };

/**
 * What Prometheus calls a metric of OTLP: the unit goes into the name unless one of its words is there already, and a rate
 * gets `per_second` whatever is there. Source: prometheus/otlptranslator, metric_namer.go.
 */
function translated({ name, unit = "", sum }: ReturnType<typeof metricsOf>[number]): string {
  const isCounter = sum?.isMonotonic === true;
  const words = name.split(/[^a-zA-Z0-9]+/).filter((word) => !(isCounter && word === "total"));
  const main = perUnit.exec(unit)?.[1] ?? unit;
  const word = unitWords[main] ?? (/^(1?|\{.*\})$/.test(main) ? "" : main);
  const ofUnit = word === "" || words.includes(word) ? [] : [word];
  const isRatio = unit === "1" && sum === undefined && !words.includes("ratio");
  const rate = perUnit.test(unit) ? ["per", "second"] : [];
  return [...words, ...ofUnit, ...rate, ...(isCounter ? ["total"] : []), ...(isRatio ? ["ratio"] : [])].join("_");
}

const all = [...definitions, ...Object.entries(ownDefinitions)].flatMap(([name, definition]) => {
  const number = inBaseUnits({ name, labels: {}, value: 1 });
  return number === null || definition.otlp !== undefined ? [] : [[name, number.name] as const];
});

test.each(all)("%s, sent as OTLP, is server_metrics_%s in Prometheus, as in its own format", (name, exported) => {
  expect(metricsOf(one(name, 1)).map(translated)).toEqual([`server_metrics_${exported}`]);
});

/** Names, and their units, as of version 1.45 of the conventions. Source: opentelemetry.io/docs/specs/semconv/system. */
const conventions: Readonly<Record<string, string>> = {
  "system.cpu.utilization": "1",
  "system.disk.io": "By",
  "system.disk.io_time": "s",
  "system.disk.operations": "{operation}",
  "system.filesystem.limit": "By",
  "system.filesystem.usage": "By",
  "system.filesystem.utilization": "1",
  "system.memory.limit": "By",
  "system.memory.linux.available": "By",
  "system.memory.usage": "By",
  "system.memory.utilization": "1",
  "system.network.errors": "{error}",
  "system.network.io": "By",
  "system.network.packet.dropped": "{packet}",
  "system.paging.faults": "{fault}",
  "system.paging.usage": "By",
  "system.paging.utilization": "1",
  "system.process.count": "{process}",
  "system.uptime": "s",
  // Not in there: these are the ones of the collector's own hostmetrics receiver.
  "system.cpu.load_average.1m": "{thread}",
  "system.cpu.load_average.5m": "{thread}",
  "system.cpu.load_average.15m": "{thread}",
};
const attributesThere = new Set([
  "cpu.mode",
  "disk.io.direction",
  "network.interface.name",
  "network.io.direction",
  "system.device.name",
  "system.filesystem.mountpoint",
  "system.filesystem.state",
  "system.memory.state",
  "system.paging.fault.type",
  "system.paging.state",
]);
const semantic = [...definitions].filter(([, { otlp }]) => otlp !== undefined);

test.each(semantic)("%s has a name, a unit and attributes of the conventions", (name, { otlp }) => {
  const [metric] = metricsOf(one(name, 1));
  expect(conventions).toHaveProperty([metric?.name ?? ""], metric?.unit);
  const keys = [...Object.keys(otlp?.attributes ?? {}), ...Object.values(otlp?.labels ?? {})];
  expect(keys.filter((key) => !attributesThere.has(key))).toEqual([]);
});
