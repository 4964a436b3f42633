import { expect } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { testWithPrograms } from "../support/needs.ts";
import { projectRoot, run, temporaryDirectory } from "../support/project.ts";

const tests = join(import.meta.dir, "alerts.test.yml");
const shipped = join(projectRoot, "lib/export/alerts.yml");
const rules = readFileSync(shipped, "utf8");

testWithPrograms("promtool")("Prometheus takes the alert rules, and they do what their tests say", async () => {
  expect(await run(["promtool", "check", "rules", shipped])).toMatchObject({ status: 0, stderr: "" });
  expect(await run(["promtool", "test", "rules", tests])).toMatchObject({ status: 0 });
});

testWithPrograms("promtool")("the tests of the rules notice a rule that looks back too short a time", async () => {
  using directory = temporaryDirectory();
  const at = (name: string) => join(directory.path, name);
  const broken = at("alerts.yml");
  writeFileSync(broken, rules.replaceAll("[35m]", "[5m]"));
  writeFileSync(at("alerts.test.yml"), readFileSync(tests, "utf8").replace("../../lib/export/alerts.yml", broken));
  const { status, stdout, stderr } = await run(["promtool", "test", "rules", at("alerts.test.yml")]);
  expect(status).toBe(1);
  expect(stdout + stderr).toContain("alertname: ServerMetricsDisk");
});
