import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";

import { metrics } from "../../lib/metrics/index.ts";
import { renderJson } from "../../lib/render/data.ts";
import type { Report } from "../../lib/report/report.ts";
import { fieldsOf, HistoryDocument, ReportDocument } from "../support/documents.ts";
import { projectRoot } from "../support/project.ts";
import { disk, memory, reportOf } from "../support/reports.ts";

const document = (report: Report) => v.parse(ReportDocument, JSON.parse(renderJson(report, "1.0.0")));

test("the document says what it is, of whom, when, and how it stands", () => {
  expect(document(reportOf({ memory, storage: [disk("/", 87)] }))).toMatchObject({
    schema: 1,
    program: { name: "server-metrics", version: "1.0.0" },
    name: "vps",
    at: "2026-07-10T12:38:48.000Z",
    verdict: "warning",
    headline: "disk / 87 % full",
    alerts: [
      { rule: "storage_used", severity: "warning", summary: "disk / 87 % full", since: "2026-07-10T12:38:48.000Z" },
    ],
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

test("a trend is there with its times and what it may lack", () => {
  const key = "memory_used_percent";
  const extreme = { value: 50, atMs: 0 };
  const trends = new Map([
    [
      key,
      {
        key,
        hours: 24,
        buckets: [1, null],
        leastSpan: 10,
        minimum: extreme,
        average: 50,
        maximum: extreme,
        changeBytes: null,
        fullInHours: null,
        remarks: [],
      },
    ],
  ]);
  expect(document(reportOf({ memory }, null, [], trends)).trends).toEqual([
    {
      key: "memory_used_percent",
      hours: 24,
      cells: [1, null],
      minimum: { value: 50, at: "1970-01-01T00:00:00.000Z" },
      average: 50,
      maximum: { value: 50, at: "1970-01-01T00:00:00.000Z" },
      changeBytes: null,
      fullInHours: null,
    },
  ]);
});

test("lib/render/README.md tells every field that was promised", () => {
  const readme = readFileSync(join(projectRoot, "lib/render/README.md"), "utf8");
  const fields = [...fieldsOf(ReportDocument), ...fieldsOf(HistoryDocument)].filter((name) => !isMetric(name));
  expect(fields.length).toBeGreaterThan(30);
  expect(fields.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
});

const isMetric = (name: string) => name in metrics;
