import { expect, test } from "bun:test";

import { renderJson } from "../../lib/render/json.ts";
import type { Observation, Unit } from "../../lib/metric.ts";
import type { Report } from "../../lib/report.ts";
import { disk, memory, reportOf } from "../support/reports.ts";

interface Document {
  readonly observations: readonly (Observation & { readonly key: string; readonly unit: Unit })[];
  readonly readings: Readonly<Record<string, unknown>>;
}
const document = (report: Report) => JSON.parse(renderJson(report, "1.0.0")) as Document;

test("the document says what it is, of whom, when, and how it stands", () => {
  expect(document(reportOf({ memory, storage: [disk("/", 87)] }))).toMatchObject({
    schema: 1,
    program: { name: "server-metrics", version: "1.0.0" },
    name: "vps",
    at: "2026-07-10T12:38:48.000Z",
    verdict: "warning",
    headline: "disk / 87 %",
    alerts: [{ rule: "storage_used", severity: "warning", summary: "disk / 87 %", since: "2026-07-10T12:38:48.000Z" }],
  });
});

test("every observation has a key, a name, labels, a number and a unit", () => {
  const { observations } = document(reportOf({ memory, storage: [disk("/a b", 87)] }));
  for (const observation of observations) {
    expect(Object.keys(observation)).toEqual(["key", "name", "labels", "value", "unit"]);
    expect(Number.isFinite(observation.value)).toBe(true);
  }
  expect(observations).toContainEqual({
    key: 'storage_total_bytes{mount="/a b"}',
    name: "storage_total_bytes",
    labels: { mount: "/a b" },
    value: 50 * 1024 ** 3,
    unit: "bytes",
  });
});

test("a reading that could not be had is there with its reason, and makes no observation", () => {
  const { readings, observations } = document(reportOf({ memory }));
  expect(readings["storage"]).toEqual({ status: "unavailable", reason: "not given" });
  expect(observations.filter(({ name }) => name.startsWith("storage"))).toEqual([]);
});

test("it ends with one line break", () => {
  expect(renderJson(reportOf({}), "1.0.0")).toMatch(/\}\n$/);
});
