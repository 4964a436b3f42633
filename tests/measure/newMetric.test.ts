import { expect, test } from "bun:test";
import { appendFileSync } from "node:fs";

import { onMachine } from "../support/binary.ts";
import { checkout } from "../support/checkout.ts";
import { run } from "../support/project.ts";

const metric = `
import { defineMetric } from "../model/metric.ts";
import { gauge, observations } from "../model/observation.ts";
import * as v from "valibot";

export const tea = defineMetric({
  order: 55,
  title: () => "Tea",
  schema: v.number(),
  definitions: { tea_left_percent: gauge("percent", "What is left in the pot.") },
  collect: async () => 25,
  observe: (now) => observations("tea", { left_percent: now }, { pot: "green" }),
  describe: () => [],
});
`;

test("a metric that is added to the registry is in every format, without another line", async () => {
  using project = checkout({ "lib/metrics/tea.ts": metric });
  appendFileSync(project.at("lib/metrics/registry.ts"), 'export { tea } from "./tea.ts";\n');
  const env = { ...onMachine("vps-tokyo"), SERVER_METRICS_STATE_DIR: "none" };
  const started = (...args: readonly string[]) => run([process.execPath, project.at("index.ts"), ...args], { env });
  expect((await started("export")).stdout).toContain(
    "# HELP server_metrics_tea_left_ratio What is left in the pot.\n" +
      "# TYPE server_metrics_tea_left_ratio gauge\n" +
      'server_metrics_tea_left_ratio{pot="green"} 0.25\n',
  );
  expect((await started("export", "--format", "otlp-json")).stdout).toContain(
    '{"name":"server_metrics.tea_left_ratio","description":"What is left in the pot.","unit":"1",' +
      '"gauge":{"dataPoints":[{"attributes":[{"key":"pot","value":{"stringValue":"green"}}],',
  );
  expect((await started("show", "--json")).stdout).toContain('"key": "tea_left_percent{pot=\\"green\\"}"');
});
