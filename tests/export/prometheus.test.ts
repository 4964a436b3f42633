import { expect, test } from "bun:test";

import { renderPrometheus } from "../../lib/export/prometheus.ts";
import { exportRenderers } from "../../lib/export/request.ts";
import { metricNames, metrics } from "../../lib/metrics/index.ts";
import type { Labels } from "../../lib/model/observation.ts";
import { exportFormats } from "../../lib/settings/exports.ts";

const atMs = Date.parse("2026-07-10T12:38:48Z");
const one = (name: string, value: number, labels: Labels = {}) => ({ name, labels, value });
const render = (...observations: ReturnType<typeof one>[]) =>
  renderPrometheus([{ atMs, observations }], { timestamps: false });

test("a number has its help, its type, its labels and our own prefix", () => {
  expect(render(one("storage_total_bytes", 1024, { mount: "/" }))).toBe(
    [
      "# HELP server_metrics_storage_total_bytes Size of the file system.",
      "# TYPE server_metrics_storage_total_bytes gauge",
      'server_metrics_storage_total_bytes{mount="/"} 1024',
      "",
    ].join("\n"),
  );
});

test.each([
  ["storage_used_percent", 37.5, "storage_used_ratio", "0.375"],
  ["storage_full_in_hours", 2, "storage_full_in_seconds", "7200"],
  ["http_certificate_days", 14, "http_certificate_seconds", "1209600"],
  ["processes_count", 93, "processes", "93"],
  ["network_receive_bytes_total", 7, "network_receive_bytes_total", "7"],
])("%s %d is %s %s in base units", (name, value, told, text) => {
  expect(render(one(name, value))).toEndWith(`\nserver_metrics_${told} ${text}\n`);
});

test("a counter says so", () => {
  expect(render(one("network_receive_bytes_total", 7))).toContain("bytes_total counter\n");
});

test("a label may hold anything", () => {
  expect(render(one("storage_total_bytes", 1, { mount: 'C:\\a "b"\nc \ud800' }))).toEndWith(
    '{mount="C:\\\\a \\"b\\"\\nc \ufffd"} 1\n',
  );
});

test.each(exportFormats)("nothing in %s acts on the terminal that it is printed to", (format) => {
  const observations = [one("storage_total_bytes", 1, { mount: "/a\u001B[31m\u009B\u202Eb" })];
  const exporter = { version: "1", name: "vm", hostId: null, osType: "linux", bootedMs: null };
  const text = exportRenderers[format]({ atMs, observations }, exporter);
  expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  expect(text).toContain(format === "prometheus" ? '"/a\uFFFD[31m\uFFFD\uFFFDb"' : '"/a\\u001b[31m\\u009b\\u202eb"');
});

test("all numbers of a name stand together, whatever their order", () => {
  const text = render(
    one("storage_total_bytes", 1, { mount: "/" }),
    one("storage_used_bytes", 2, { mount: "/" }),
    one("storage_total_bytes", 3, { mount: "/srv" }),
  );
  expect(text.match(/^server_\w+/gm)).toEqual([
    "server_metrics_storage_total_bytes",
    "server_metrics_storage_total_bytes",
    "server_metrics_storage_used_bytes",
  ]);
});

test("what is there twice is told once, because one doubled line makes node_exporter throw away the file", () => {
  const text = render(
    one("temperature_celsius", 1, { sensor: "a\ud800" }),
    one("temperature_celsius", 2, { sensor: "a\udfff" }),
  );
  expect(text.match(/^server_/gm)).toHaveLength(1);
});

test("what is no number, what no metric makes, and what is never the same twice is left out", () => {
  expect(render(one("load_1m", Number.NaN), one("of_another_version", 1), one("top_processes_cpu_percent", 5))).toBe(
    "",
  );
});

test("several runs have their times, and the machine's name where the reader does not know it", () => {
  const runs = [0, 1_800_000].map((afterMs, value) => ({
    atMs: atMs + afterMs,
    observations: [one("load_1m", value)],
  }));
  expect(
    renderPrometheus(runs, { timestamps: true, labels: { instance: "vps" } })
      .split("\n")
      .slice(2),
  ).toEqual([
    `server_metrics_load_1m{instance="vps"} 0 ${atMs}`,
    `server_metrics_load_1m{instance="vps"} 1 ${atMs + 1_800_000}`,
    "",
  ]);
});

const lasting = metricNames.flatMap((metric) =>
  Object.entries(metrics[metric].definitions).filter(([, { fleeting }]) => fleeting !== true),
);

test.each(lasting)("%s of the registry is exported, named as Prometheus wants it", (name, { type, help }) => {
  const text = render(one(name, 1));
  const told = /^(server_metrics_[a-z][a-z0-9_]*) [\d.]+$/m.exec(text)?.[1];
  expect(told).not.toMatch(/_(percent|hours|days|count|sum|bucket|info)$/);
  expect(told?.endsWith("_total")).toBe(type === "counter");
  expect(text).toContain(`# HELP ${told} ${help}\n`);
});
