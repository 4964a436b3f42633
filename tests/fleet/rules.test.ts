import { expect, test } from "bun:test";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { testWithPrograms } from "../support/needs.ts";
import { run, temporaryDirectory } from "../support/project.ts";
import { exportedName } from "./names.ts";

const here = import.meta.dir;
const rules = readFileSync(join(here, "alerts.yml"), "utf8");

testWithPrograms("promtool")("Prometheus takes the alert rules, and they do what their tests say", async () => {
  expect(await run(["promtool", "check", "rules", join(here, "alerts.yml")])).toMatchObject({ status: 0, stderr: "" });
  expect(await run(["promtool", "test", "rules", join(here, "alerts.test.yml")])).toMatchObject({ status: 0 });
});

testWithPrograms("promtool")("the tests of the rules notice a rule that looks back too short a time", async () => {
  using directory = temporaryDirectory();
  cpSync(join(here, "alerts.test.yml"), join(directory.path, "alerts.test.yml"));
  writeFileSync(join(directory.path, "alerts.yml"), rules.replaceAll("[35m]", "[5m]"));
  const { status, stdout, stderr } = await run(["promtool", "test", "rules", "alerts.test.yml"], {
    cwd: directory.path,
  });
  expect(status).toBe(1);
  expect(stdout + stderr).toContain("alertname: ServerMetricsDisk");
});

test("the rules ask for nothing that is not exported", () => {
  const asked = new Set(rules.match(/server_metrics_\w+/g));
  expect(asked.size).toBeGreaterThan(5);
  expect([...asked].filter((name) => !exportedName(name))).toEqual([]);
});
