import { expect, test } from "bun:test";

import { exportDeps, sendExport } from "../../lib/export/catchUp.ts";
import { type ExportState, newExport } from "../../lib/export/memory.ts";
import { pastRun } from "../../lib/export/run.ts";
import { type ExportTarget, targetOf } from "../../lib/settings/exports.ts";
import { type FakeEngine, fakeEngine } from "../support/fakeEngine.ts";
import { virtualClock } from "../support/virtualClock.ts";

const nowMs = Date.parse("2026-08-01T12:00:00Z");
const exporter = { name: "vps", hostId: null, osType: "linux", version: "1.2.3", bootedMs: null };
const runAt = (atMs: number) => pastRun(atMs, [{ name: "load_1m", labels: {}, value: 0.5 }]);

const importPath = "/api/v1/import/prometheus";
const gatewayPath = "/metrics/job/server-metrics";
const otlpPath = "/v1/metrics";

function targetAt(engine: FakeEngine, path: string, headers: ExportTarget["headers"] = {}): ExportTarget {
  const target = targetOf(path === otlpPath ? "otlp-json" : "prometheus", engine.at(path), headers);
  if (target === null) throw new Error("no such target");
  return target;
}

/** Exports as a run does that has so many runs, a minute apart, behind it. */
async function exportTo(target: ExportTarget, { runs = 0, state = newExport, name = "vps" } = {}) {
  const clock = virtualClock(nowMs);
  const remembered: ExportState[] = [];
  const past = Array.from({ length: runs }, (_, index) => runAt(nowMs - (runs - index) * 60_000));
  const memory = {
    state,
    runsBetween: (afterMs: number, beforeMs: number) =>
      past.filter(({ atMs }) => atMs > afterMs && atMs < beforeMs).slice(0, 200),
    remember: (next: ExportState) => void remembered.push(next),
  };
  const deps = exportDeps({ fetch, version: "1.2.3", random: () => 0.5, signal: new AbortController().signal }, clock);
  const { reason: problem } = await sendExport(target, runAt(nowMs), { ...exporter, name }, memory, deps);
  return { problem, state: remembered.at(-1) ?? state, slept: clock.slept };
}

/** The times that an engine was told, one for each run of a request. */
const timesIn = (text: string) => Array.from(text.matchAll(/load_1m\{.*\} 0\.5 (\d+)$/gm), ([, ms]) => Number(ms));

test("a Pushgateway gets a PUT for this machine's own group, without times", async () => {
  using engine = fakeEngine();
  expect(await exportTo(targetAt(engine, gatewayPath), { runs: 3 })).toMatchObject({ problem: null, state: newExport });
  expect(engine.requests).toHaveLength(1);
  expect(engine.requests[0]).toMatchObject({ method: "PUT", path: `${gatewayPath}/instance/vps` });
  expect(engine.requests[0]?.text).toEndWith("\nserver_metrics_last_run_timestamp_seconds 1785585600\n");
});

test.each([
  ["データ 1", `${gatewayPath}/instance/%E3%83%87%E3%83%BC%E3%82%BF%201`],
  ["a/b", `${gatewayPath}/instance@base64/YS9i`],
])("a machine called %s has a group, too", async (name, path) => {
  using engine = fakeEngine();
  await exportTo(targetAt(engine, gatewayPath), { name });
  expect(engine.requests[0]?.path).toBe(path);
});

test("an address with an instance stays as it is", async () => {
  using engine = fakeEngine();
  await exportTo(targetAt(engine, `${gatewayPath}/instance/other`));
  expect(engine.requests[0]?.path).toBe(`${gatewayPath}/instance/other`);
});

test("VictoriaMetrics gets all that is remembered before this run, oldest first, with times and the machine's name", async () => {
  using engine = fakeEngine();
  const { problem, state } = await exportTo(targetAt(engine, importPath), { runs: 450 });
  expect(problem).toBeNull();
  expect(state.sentMs).toBe(nowMs);
  const times = engine.requests.flatMap(({ text }) => timesIn(text));
  expect(times).toEqual(Array.from({ length: 451 }, (_, index) => nowMs - (450 - index) * 60_000));
  expect(engine.requests.map(({ text }) => timesIn(text).length)).toEqual([200, 200, 50, 1]);
  expect(engine.requests[0]?.text).toContain('server_metrics_load_1m{job="server-metrics",instance="vps"} 0.5 ');
});

test("after that only what is new", async () => {
  using engine = fakeEngine();
  await exportTo(targetAt(engine, importPath), { runs: 450, state: { ...newExport, sentMs: nowMs - 120_000 } });
  expect(engine.requests.map(({ text }) => timesIn(text))).toEqual([[nowMs - 60_000], [nowMs]]);
});

test("a collector gets what was measured since it was asked first, packed, with the headers of the settings", async () => {
  using engine = fakeEngine();
  const target = targetAt(engine, otlpPath, { Authorization: "Bearer abc" });
  engine.scriptForEver({ status: 400 });
  expect(await exportTo(target, { runs: 5 })).toMatchObject({ problem: "answered 400", state: { sentMs: nowMs } });
  expect(engine.requests).toHaveLength(1);
  expect(engine.requests[0]).toMatchObject({ method: "POST", path: otlpPath });
  const { headers } = engine.requests[0]!;
  expect([headers.get("authorization"), headers.get("content-encoding"), headers.get("content-type")]).toEqual([
    "Bearer abc",
    "gzip",
    "application/json",
  ]);
});

test.each([429, 502, 503, 504])(
  "a collector that answers %d is asked again, and then at the next run",
  async (status) => {
    using engine = fakeEngine();
    const target = targetAt(engine, otlpPath);
    engine.scriptForEver({ status });
    const failed = await exportTo(target);
    expect(failed).toMatchObject({ problem: `answered ${status}`, slept: [500, 1000] });
    expect(failed.state.sentMs).toBe(nowMs - 1000);
    engine.scriptForEver();
    expect(await exportTo(target, failed)).toMatchObject({ problem: null, state: { sentMs: nowMs, reason: null } });
  },
);

test.each([400, 401, 404, 500, 301])("one that answers %d is not asked for the same again", async (status) => {
  using engine = fakeEngine();
  engine.script({ status, headers: { location: "/elsewhere" } });
  const { problem, state } = await exportTo(targetAt(engine, otlpPath));
  expect(problem).toBe(`answered ${status}`);
  expect(state.sentMs).toBe(nowMs);
  expect(engine.requests).toHaveLength(1);
});

test.each([
  [400, nowMs],
  [413, nowMs],
  [422, nowMs],
  [401, nowMs - 120_000],
  [404, nowMs - 120_000],
])("numbers that VictoriaMetrics answers with %d wait only where another try may help", async (status, sentMs) => {
  using engine = fakeEngine();
  engine.scriptForEver({ status });
  const before = { ...newExport, sentMs: nowMs - 120_000 };
  const { problem, state } = await exportTo(targetAt(engine, importPath), { state: before });
  expect(problem).toBe(`answered ${status}`);
  expect(state.sentMs).toBe(sentMs);
});

test("a wait that was asked for is kept to, within this run or over the next ones", async () => {
  using engine = fakeEngine();
  const target = targetAt(engine, otlpPath);
  engine.script({ status: 503, headers: { "retry-after": "3" } });
  expect(await exportTo(target)).toMatchObject({ problem: null, slept: [5000] });
  engine.script({ status: 429, headers: { "retry-after": "600" } });
  const { state, slept } = await exportTo(target);
  expect(slept).toEqual([]);
  expect(state.notBeforeMs).toBe(nowMs + 600_000);
  const asked = engine.requests.length;
  expect((await exportTo(target, { state })).problem).toBe("answered 429");
  expect(engine.requests).toHaveLength(asked);
  await exportTo(target, { state: { ...state, notBeforeMs: nowMs } });
  expect(engine.requests).toHaveLength(asked + 1);
});

test("what a collector took in part is not sent again, and said", async () => {
  using engine = fakeEngine();
  const body = JSON.stringify({ partialSuccess: { rejectedDataPoints: "3", errorMessage: "too old" } });
  engine.script({ status: 200, body });
  const { problem, state } = await exportTo(targetAt(engine, otlpPath));
  expect(problem).toBe("took all but 3 numbers");
  expect(state.sentMs).toBe(nowMs);
  expect(engine.requests).toHaveLength(1);
});

test("of an outage nothing is lost: what came before the fault stays sent, the rest goes out at the next run", async () => {
  using engine = fakeEngine();
  const target = targetAt(engine, importPath);
  engine.script({ status: 204 });
  engine.scriptForEver({ status: 503 });
  const failed = await exportTo(target, { runs: 300 });
  expect(failed.problem).toBe("answered 503");
  expect(failed.state.sentMs).toBe(nowMs - 101 * 60_000);
  engine.scriptForEver();
  expect((await exportTo(target, { runs: 300, state: failed.state })).problem).toBeNull();
  expect(engine.requests.slice(-2).map(({ text }) => timesIn(text).length)).toEqual([100, 1]);
});

test("an engine whose word is wrong keeps what it has not taken waiting", async () => {
  using engine = fakeEngine();
  engine.script({ status: 401 });
  const { problem, state } = await exportTo(targetAt(engine, importPath), { runs: 3 });
  expect(problem).toBe("answered 401");
  expect(state.sentMs).toBe(0);
});

test("a failure in the settings of long ago does not stand in the way for ever", async () => {
  using engine = fakeEngine();
  const state = { ...newExport, notBeforeMs: nowMs + 400 * 86_400_000 };
  expect((await exportTo(targetAt(engine, importPath), { state })).problem).toBeNull();
});

test("no part of an address is in what is said of it", async () => {
  const target = targetOf("prometheus", "http://user:secret@127.0.0.1:9/api/v1/import/prometheus?key=secret", {});
  const { problem, slept } = await exportTo(target!);
  expect(problem).toBe("connection refused");
  expect(slept).toHaveLength(2);
});
