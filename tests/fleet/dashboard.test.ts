import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { testWithPrograms } from "../support/needs.ts";
import { run, temporaryDirectory } from "../support/project.ts";
import { dashboard, queries } from "./dashboard.ts";

test("no two panels of the dashboard have one id or one place, and each is within the width of 24", () => {
  const { panels } = dashboard;
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBe(24);
});

test("a data source and machines can be chosen, and every query is for those that are", () => {
  expect(dashboard.templating.list).toMatchObject([
    { name: "datasource", type: "datasource" },
    { name: "instance", type: "query" },
  ]);
  for (const { targets } of dashboard.panels) {
    for (const { expr } of targets) expect(expr).toContain(`instance=~"$instance"`);
  }
});

test("every query looks further back than half an hour, and asks for something", () => {
  for (const query of queries) {
    const asked = query.match(/server_metrics_\w+/g) ?? [];
    expect(asked.length).toBeGreaterThan(0);
    expect(query.match(/last_over_time\(server_metrics_\w+\{[^}]*\}\[(35m|7d)\]\)/g)).toHaveLength(asked.length);
  }
});

test("a query for a rate since the last report takes the rate during the run where there is no report", () => {
  const rates = queries.filter((query) => query.includes('window="report"'));
  expect(rates.length).toBeGreaterThan(0);
  for (const query of rates) {
    const [report, sample] = query.split(" or ");
    expect(sample).toBe(report?.replace('window="report"', 'window="sample"'));
  }
});

testWithPrograms("promtool")("Prometheus understands every query", async () => {
  using directory = temporaryDirectory();
  const file = join(directory.path, "queries.json");
  const rules = queries.map((expr, index) => ({ record: `query_${index}`, expr }));
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ groups: [{ name: "dashboard", rules }] }));
  expect(await run(["promtool", "check", "rules", file])).toMatchObject({ status: 0, stderr: "" });
});
