import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { type Life, startLife } from "../faults/life.ts";
import { type FakeEngine, fakeEngine } from "../support/fakeEngine.ts";

const secret = "engine-token-that-must-never-be-seen";
const importPath = `/api/v1/import/prometheus?key=${secret}`;

/** Settings in a file of this life. */
function settings(life: Life, toml: string): readonly string[] {
  const file = join(life.directory, "server-metrics.toml");
  writeFileSync(file, toml);
  return ["--config", file];
}

const exportTo = (url: string) => `[[export]]\nurl = "${url}"\nheaders = { Authorization = "Bearer ${secret}" }\n`;

const quiet = { status: 0, stdout: "", stderr: "" };

/** The times of the runs in what an engine was sent. */
const runsIn = (engine: FakeEngine) =>
  engine.requests.map(({ text }) =>
    Array.from(text.matchAll(/^server_metrics_memory_used_ratio\{.* (\d+)$/gm), ([, ms]) =>
      new Date(Number(ms)).toISOString().slice(11, 16),
    ),
  );

test("every report exports; what an outage kept back follows, oldest first, and the card says it once", async () => {
  await using life = await startLife();
  using engine = fakeEngine();
  const args = { arguments: settings(life, exportTo(engine.at(importPath))) };
  engine.script(...Array.from({ length: 9 }, () => ({ status: 503 })));
  for (let half = 0; half < 4; half++) {
    expect(await life.run(args)).toEqual(quiet);
    life.pass(30);
  }
  expect(runsIn(engine).slice(-2)).toEqual([["12:00", "12:30", "13:00"], ["13:30"]]);
  const cards = life.discord.messages.map((message) => JSON.stringify(message));
  expect(cards.map((card) => card.includes("answered 503"))).toEqual([false, true, false, false]);
  expect(engine.requests[0]?.headers.get("authorization")).toBe(`Bearer ${secret}`);
  expect([...life.outputs, ...cards].join()).not.toContain(secret);
});

test("where there are no cards, the digest says each day that an export fails", async () => {
  await using life = await startLife();
  using engine = fakeEngine();
  engine.scriptForEver({ status: 401 });
  const toml = `digest = "08:00"\n${exportTo(engine.at(importPath))}`;
  const args = { arguments: ["--only-changes", ...settings(life, toml)] };
  for (let quarter = 0; quarter < 4 * 3; quarter++) {
    expect(await life.run(args)).toEqual(quiet);
    life.pass(6 * 60);
  }
  const told = life.discord.messages.map((message) => JSON.stringify(message).includes(": answered 401"));
  expect(told).toEqual([true, true]);
});

// It waits for ten seconds, and the next ones meanwhile do not.
test.concurrent(
  "an engine that never answers costs the report nothing, neither the message nor its success",
  async () => {
    await using life = await startLife();
    using engine = fakeEngine();
    engine.scriptForEver("hang");
    expect(await life.run({ arguments: settings(life, exportTo(engine.at(importPath))) })).toEqual(quiet);
    expect(life.discord.messages).toHaveLength(1);
    expect(engine.requests).toHaveLength(1);
    expect(life.discord.requests[0]?.timeMs).toBeLessThanOrEqual(engine.requests[0]?.timeMs ?? 0);
  },
  300_000,
);

test.concurrent(
  "several exports go out side by side, the file among them, also when Discord cannot be reached",
  async () => {
    await using life = await startLife();
    using engine = fakeEngine();
    const file = join(life.directory, "server_metrics.prom");
    const otlp = `[[export]]\nformat = "otlp-json"\nurl = "${engine.at("/v1/metrics")}"\n`;
    const toml = `${exportTo("http://127.0.0.1:9/metrics/job/a")}${otlp}[[export]]\nfile = "${file}"\n`;
    life.discord.scriptForEver({ status: 503 });
    expect((await life.run({ arguments: settings(life, toml) })).status).toBe(75);
    expect(engine.requests.map(({ path }) => path)).toEqual(["/v1/metrics"]);
    expect(readFileSync(file, "utf8")).toContain("\nserver_metrics_outbox_messages 1\n");
  },
);

test.concurrent("an export by hand says what failed, and takes its headers from the settings", async () => {
  await using life = await startLife();
  using engine = fakeEngine();
  const url = engine.at(importPath);
  const hand = (...more: readonly string[]) =>
    life.run({ command: (binary) => [binary, "export", ...settings(life, exportTo(url)), "--url", url, ...more] });
  expect(await hand()).toEqual(quiet);
  expect(engine.requests[0]?.headers.get("authorization")).toBe(`Bearer ${secret}`);
  engine.script({ status: 401 });
  const host = new URL(url).host;
  const failed = { ...quiet, status: 75, stderr: `server-metrics: export to ${host}: answered 401\n` };
  expect(await hand()).toEqual(failed);
  expect((await hand("--file", "/a")).stderr).toBe("server-metrics: --file and --url: expected one of them\n");
  expect(life.outputs.join()).not.toContain(secret);
});

test.concurrent("an export by cron that fails says so when it begins and once a day", async () => {
  await using life = await startLife();
  using engine = fakeEngine();
  engine.scriptForEver({ status: 401 });
  const hand = () => life.run({ command: (binary) => [binary, "export", "--url", engine.at(importPath)] });
  await life.run();
  const said: boolean[] = [];
  for (let time = 0; time < 4; time++) {
    const { status, stderr } = await hand();
    expect(status).toBe(75);
    said.push(stderr !== "");
    life.pass(8 * 60);
  }
  expect(said).toEqual([true, false, false, true]);
});

/** All that the state holds. */
function contents({ stateDirectory }: Life): unknown {
  using database = new Database(join(stateDirectory, "state.db"), { readonly: true });
  const tables = ["point", "hour", "outbox", "dead_letter"].map((table) =>
    database.query(`SELECT * FROM ${table}`).all(),
  );
  return [tables, database.query("SELECT * FROM fact WHERE name <> 'exports' ORDER BY name").all()];
}

test("an export between two reports changes nothing of what they compare with, and does not send the same twice", async () => {
  await using life = await startLife();
  using engine = fakeEngine();
  const hand = () => life.run({ command: (binary) => [binary, "export", "--url", engine.at(importPath)] });
  await life.run();
  const before = contents(life);
  life.pass(10);
  expect(await hand()).toEqual(quiet);
  life.pass(10);
  expect(await hand()).toEqual(quiet);
  expect(contents(life)).toEqual(before);
  expect(runsIn(engine)).toEqual([["12:00"], ["12:10"], ["12:20"]]);
});
