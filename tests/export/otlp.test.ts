import { expect, test } from "bun:test";

import { renderOtlp } from "../../lib/export/otlp.ts";
import { metricNames, metrics } from "../../lib/metrics/index.ts";
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
