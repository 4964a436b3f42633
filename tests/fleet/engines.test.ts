import { expect } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { startLife } from "../faults/life.ts";
import { testWithPrograms } from "../support/needs.ts";
import { hangMs } from "../support/programNeeds.ts";
import { run } from "../support/project.ts";
import { queries } from "./dashboard.ts";
import { startNodeExporter, startPushgateway, startVictoriaMetrics } from "./engines.ts";
import { type Sample, samplesIn } from "./samples.ts";

const hourMs = 3_600_000;
/** The hour before this one: what is in the future is refused by engines. */
const lately = () => Math.floor(Date.now() / hourMs) * hourMs;

/** A life that exports by hand; what it prints is the same as what it sends. */
async function exporting() {
  const life = await startLife(lately());
  const send = (...words: readonly string[]) => life.run({ command: (program) => [program, "export", ...words] });
  return { ...life, send };
}

testWithPrograms("promtool")("promtool finds nothing to say about the text", async () => {
  await using life = await exporting();
  await life.run();
  expect(await life.send("--file", join(life.directory, "out.prom"))).toMatchObject({ status: 0, stderr: "" });
  const checked = await run(["sh", "-c", `promtool check metrics <"$0"`, join(life.directory, "out.prom")]);
  expect(checked).toEqual({ status: 0, stdout: "", stderr: "" });
});

testWithPrograms("prometheus-node-exporter")("node_exporter exposes the textfile as it was written", async () => {
  await using life = await exporting();
  await using nodeExporter = await startNodeExporter();
  await life.run();
  const file = join(nodeExporter.directory, "server_metrics.prom");
  expect(await life.send("--file", file)).toMatchObject({ status: 0, stderr: "" });
  const exposed = await nodeExporter.get("/metrics");
  expect(exposed).toContain("\nnode_textfile_scrape_error 0\n");
  const ours = samplesIn(exposed).filter(({ name }) => name.startsWith("server_metrics_"));
  expect(keyed(ours)).toEqual(keyed(samplesIn(await Bun.file(file).text())));
  expect(ours.length).toBeGreaterThan(50);
});

testWithPrograms("prometheus-pushgateway")(
  "the Pushgateway takes a group for each machine, and shows both",
  async () => {
    await using life = await exporting();
    await using gateway = await startPushgateway();
    using relay = relayTo(gateway.origin);
    await life.run();
    const url = `${relay.origin}/metrics/job/server-metrics`;
    for (const name of ["web-1", "web-2"]) {
      expect(await life.send("--url", url, "--name", name)).toEqual({ status: 0, stdout: "", stderr: "" });
    }
    expect(relay.statuses).toEqual([200, 200]);
    const groups = await gateway.get("/api/v1/metrics");
    for (const name of ["web-1", "web-2"])
      expect(groups).toContain(`"labels":{"instance":"${name}","job":"server-metrics"}`);
    const { stdout } = await life.send();
    const shown = samplesIn(await gateway.get("/metrics")).filter(({ labels }) => labels["instance"] === "web-2");
    const group = `instance="web-2",job="server-metrics"`;
    const pushed = samplesIn(stdout.replaceAll(/^(server_metrics_\w+)(?:\{(.*)\})? /gm, `$1{${group},$2} `));
    expect(keyed(shown.filter(({ name }) => name.startsWith("server_metrics_")))).toEqual(keyed(pushed));
  },
);

testWithPrograms("victoria-metrics")(
  "VictoriaMetrics returns every sample of three days that could not be sent, and the dashboard shows them",
  async () => {
    await using life = await exporting();
    await using victoria = await startVictoriaMetrics();
    const sent: Sample[] = [];
    using relay = relayTo(victoria.origin, (body) => void sent.push(...samplesIn(body)));
    const settings = join(life.directory, "settings.toml");
    const url = `${relay.origin}/api/v1/import/prometheus`;
    writeFileSync(settings, `[[export]]\nurl = "${url}"\n`);
    relay.close();
    life.pass(-3 * 24 * 60);
    for (let hour = 0; hour < 3 * 24; hour += 1) {
      await life.run({ arguments: ["--config", settings] });
      life.pass(60);
    }
    expect(sent).toEqual([]);
    relay.open();
    expect(await life.run({ arguments: ["--config", settings] })).toMatchObject({ status: 0, stderr: "" });
    expect(relay.statuses).toEqual([204, 204]);
    const times = new Set(sent.map(({ atMs }) => atMs));
    expect(times.size).toBe(3 * 24 + 1);
    await victoria.get("/internal/force_flush");
    const everything = `/api/v1/export?match[]={__name__=~"server_metrics_.*"}&start=0`;
    const kept = exported(await victoria.get(everything));
    expect(kept).toHaveLength(sent.length);
    expect(missingIn(kept, sent)).toEqual([]);
    const invalid = samplesIn(await victoria.get("/metrics")).filter(({ name }) => name === "vm_rows_invalid_total");
    expect(invalid.length).toBeGreaterThan(0);
    expect(invalid.filter(({ value }) => value !== 0)).toEqual([]);
    const beforeTheNext = Date.parse(life.now()) / 1000 + 29 * 60;
    // Of a machine that stands still there are no rates, and nothing is wrong with it.
    const told = queries.filter((query) => !/window="report"|alert_firing[^)]*\)\) ==/.test(query));
    expect(told.length).toBeGreaterThan(10);
    for (const query of told) {
      const found = await victoria.get(`/api/v1/query?time=${beforeTheNext}&query=${encodeURIComponent(query)}`);
      expect([query, found]).not.toEqual([query, expect.stringContaining('"result":[]')]);
    }
  },
  hangMs,
);

const byText = (one: string, other: string) => (one < other ? -1 : 1);

function keyOf({ name, labels, atMs }: Sample): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  return `${name} ${pairs.toSorted(byText).join(" ")} ${atMs}`;
}

/** Values by what tells samples apart, to be compared as a whole. */
const keyed = (samples: readonly Sample[]) => new Map(samples.map((sample) => [keyOf(sample), sample.value] as const));

/** The samples that are not among others, or have another value there: VictoriaMetrics keeps 12 digits or more. */
function missingIn(others: readonly Sample[], samples: readonly Sample[]): readonly Sample[] {
  const values = keyed(others);
  const isOff = (value: number, other: number) => !(Math.abs(value - other) <= Math.abs(value) * 1e-12);
  return samples.filter((sample) => isOff(sample.value, values.get(keyOf(sample)) ?? Number.NaN));
}

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly number[];
  readonly timestamps: readonly number[];
}

/** VictoriaMetrics' export: a series in each line, as JSON. */
function exported(text: string): readonly Sample[] {
  return text
    .trimEnd()
    .split("\n")
    .flatMap((line) => {
      const { metric, values, timestamps }: Series = JSON.parse(line);
      const { __name__: name = "", ...labels } = metric;
      return values.map((value, index) => ({ name, labels, value, atMs: timestamps[index] ?? null }));
    });
}

/** Hands requests on and remembers the answers; while it is closed it answers 503. */
function relayTo(origin: string, remember: (body: string) => void = () => undefined) {
  const statuses: number[] = [];
  let isOpen = true;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: async (request) => {
      const body = await request.arrayBuffer();
      if (!isOpen) return new Response("closed", { status: 503 });
      const { pathname, search } = new URL(request.url);
      const encoding = request.headers.get("content-encoding");
      remember(new TextDecoder().decode(encoding === "gzip" ? Bun.gunzipSync(body) : body));
      const headers = encoding === null ? {} : { "Content-Encoding": encoding };
      const { method } = request;
      const answer = await fetch(origin + pathname + search, { method, headers, body, keepalive: false });
      statuses.push(answer.status);
      return answer;
    },
  });
  return {
    origin: `http://127.0.0.1:${server.port}`,
    statuses,
    open: () => void (isOpen = true),
    close: () => void (isOpen = false),
    [Symbol.dispose]: () => void server.stop(true),
  };
}
