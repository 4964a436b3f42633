import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";

import { Root } from "protobufjs";
import * as protojson from "protobufjs/ext/protojson";

import { binary, onMachine } from "../support/binary.ts";
import { machinesDirectory, projectRoot, run } from "../support/project.ts";

protojson.install();

/** The definitions of OTLP as its authors publish them. What is used of them is stable: later versions only add to it. */
const definitions = join(projectRoot, "node_modules/@opentelemetry/otlp-grpc-exporter-base/build/protos");
const root = new Root();
root.resolvePath = (_, target) => join(definitions, target);
root.loadSync("opentelemetry/proto/collector/metrics/v1/metrics_service.proto").resolveAll();
const requestType = root.lookupType("opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest");

/** What is left of a body once it went through the binary form. Throws for a field or a value that has no place in it. */
function throughProtobuf(body: unknown): unknown {
  const bytes = requestType.encode(requestType.fromJson(body)).finish();
  return requestType.toObject(requestType.decode(bytes), { longs: String, enums: Number });
}

/** Binary messages leave out what is empty or false by nature. */
const withoutDefaults = (_: string, value: unknown) =>
  value === false || (Array.isArray(value) && value.length === 0) ? undefined : value;

async function textOf(machine: string): Promise<string> {
  const env = { ...onMachine(machine), SERVER_METRICS_STATE_DIR: "none" };
  const { status, stdout } = await run([await binary, "export", "--format", "otlp-json"], { env });
  expect(status).toBe(0);
  return stdout;
}

const machines = readdirSync(machinesDirectory, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

test.each(machines)("the body of %s is what the published definitions say, and nothing else", async (machine) => {
  const text = await textOf(machine);
  expect(throughProtobuf(JSON.parse(text))).toEqual(JSON.parse(text, withoutDefaults));
});

test.each([
  [{ resourceMetric: [] }],
  [{ resourceMetrics: [{ resource: { attributes: [{ key: "a", value: { textValue: "b" } }] } }] }],
  [{ resourceMetrics: [{ scopeMetrics: [{ metrics: [{ sum: { aggregationTemporality: "often" } }] }] }] }],
])("%j would be found out", (body) => {
  expect(() => throughProtobuf(body)).toThrow();
});
