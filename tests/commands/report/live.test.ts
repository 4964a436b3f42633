import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";

import { chartSize } from "../../../lib/render/chart/chart.ts";
import { type Life, startLife } from "../../faults/life.ts";

const live = { arguments: ["--live"] };
const quiet = { status: 0, stdout: "", stderr: "" };

/** Runs every half hour, so many times. */
async function liveRuns(life: Life, runs: number): Promise<void> {
  for (let run = 0; run < runs; run += 1) {
    expect(await life.run(live)).toEqual(quiet);
    life.pass(30);
  }
}

const Card = v.object({
  embeds: v.tuple([v.looseObject({ timestamp: v.string(), image: v.optional(v.object({ url: v.string() })) })]),
  attachments: v.optional(v.array(v.object({ filename: v.string(), size: v.number() }))),
});
const cards = ({ discord }: Life) => discord.messages.map((message) => v.parse(Card, message));
const methods = ({ discord }: Life) => discord.requests.map(({ method }) => method);
const filesOf = ({ discord }: Life) => discord.requests.map((request) => request.files.length);
const pngs = ({ discord }: Life) => discord.requests.flatMap(({ files }) => files);

/** From midnight in the zone of the captured machine, which is UTC. */
async function startAtMidnight(): Promise<Life> {
  const life = await startLife();
  life.pass(12 * 60);
  return life;
}

test("the runs of a day in live mode leave one message with one chart, and the next day another", async () => {
  await using life = await startAtMidnight();
  life.pass(14 * 60);
  await liveRuns(life, 20);
  expect(methods(life)).toEqual(["POST", ...Array.from({ length: 19 }, () => "PATCH")]);
  const [card, ...others] = cards(life);
  expect(others).toEqual([]);
  expect(card?.embeds[0].timestamp).toBe("2026-07-11T23:30:00.000Z");
  // From the second run on there is a day to be drawn. Every two hours a new one takes the place of the last.
  expect(pngs(life).map(({ name }) => name)).toEqual(Array.from({ length: 5 }, () => "chart.png"));
  expect(filesOf(life).slice(0, 9)).toEqual([0, 1, 0, 0, 1, 0, 0, 0, 1]);
  expect(card?.attachments).toMatchObject([{ filename: "chart.png", size: pngs(life).at(-1)?.size }]);
  expect(card?.embeds[0].image).toEqual({ url: "attachment://chart.png" });
  for (const png of pngs(life)) expect(png.size).toBeLessThanOrEqual(60_000);
  expect(await new Bun.Image(await pngs(life).at(-1)!.bytes()).metadata()).toMatchObject(chartSize);

  await liveRuns(life, 2);
  expect(methods(life).slice(-2)).toEqual(["POST", "PATCH"]);
  expect(cards(life).map(({ attachments }) => attachments?.length)).toEqual([1, 1]);
}, 300_000);

test("a live card that somebody deleted is followed by a new one, which then is edited", async () => {
  await using life = await startAtMidnight();
  await liveRuns(life, 2);
  life.discord.remove("9000000000000000001");
  await liveRuns(life, 2);
  expect(methods(life)).toEqual(["POST", "PATCH", "PATCH", "POST", "PATCH"]);
  expect(cards(life)).toHaveLength(1);
  expect(cards(life)[0]?.attachments).toHaveLength(1);
});

test.each([400, 429])("a live card that takes no more edits (%d) is followed by a new one", async (status) => {
  await using life = await startAtMidnight();
  await liveRuns(life, 2);
  const body = { message: "Maximum number of edits to messages older than 1 hour reached.", code: 30046 };
  life.discord.script({ status, body });
  await liveRuns(life, 2);
  expect(methods(life)).toEqual(["POST", "PATCH", "PATCH", "POST", "PATCH"]);
  expect(cards(life)).toHaveLength(2);
});

test("after a change of the webhook's thread the card is posted there", async () => {
  await using life = await startAtMidnight();
  await liveRuns(life, 1);
  const environment = { DISCORD_WEBHOOK_URL: `${life.discord.webhookUrl}?thread_id=42` };
  expect(await life.run({ ...live, environment })).toEqual(quiet);
  expect(methods(life)).toEqual(["POST", "POST"]);
});

test("an alert in live mode is a message of its own", async () => {
  await using life = await startAtMidnight();
  await liveRuns(life, 2);
  life.pass(10, true);
  expect(await life.run(live)).toEqual(quiet);
  expect(methods(life)).toEqual(["POST", "PATCH", "POST", "PATCH"]);
  expect(JSON.stringify(life.discord.requests[2]?.json)).toContain("Rebooted");
});

test("a picture that was not delivered is drawn again", async () => {
  await using life = await startAtMidnight();
  await liveRuns(life, 4);
  life.discord.scriptForEver({ status: 502 });
  expect(await life.run(live)).toMatchObject({ status: 75 });
  life.discord.scriptForEver();
  life.pass(30);
  const before = life.discord.requests.length;
  await liveRuns(life, 2);
  expect(filesOf(life).slice(before)).toEqual([1, 0]);
  expect(cards(life)).toMatchObject([{ attachments: [{ size: pngs(life).at(-1)?.size }] }]);
});

test("where a picture does not outlast an edit each edit has one", async () => {
  await using life = await startAtMidnight();
  await liveRuns(life, 2);
  life.discord.script({ status: 200, body: { id: "9000000000000000001", embeds: [{ type: "rich" }] } });
  await liveRuns(life, 3);
  expect(filesOf(life)).toEqual([0, 1, 0, 1, 1]);
});

test("a picture that Discord does not let stay is left out, and the next edit has a new one", async () => {
  await using life = await startAtMidnight();
  await liveRuns(life, 2);
  const code = { _errors: [{ code: "ATTACHMENT_NOT_FOUND", message: "" }] };
  life.discord.script({ status: 400, body: { code: 50035, message: "", errors: { attachments: { 0: code } } } });
  await liveRuns(life, 1);
  expect(cards(life)).toMatchObject([{ attachments: [] }]);
  await liveRuns(life, 1);
  expect(filesOf(life)).toEqual([0, 1, 0, 0, 1]);
});

test("a dry run tells of the picture, and prints none of its bytes", async () => {
  await using life = await startAtMidnight();
  await liveRuns(life, 4);
  const { status, stdout, stderr } = await life.run({ arguments: ["--live", "--dry-run", "--json"] });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const [request] = (
    JSON.parse(stdout) as { readonly requests: readonly { readonly file: { readonly bytes: number } }[] }
  ).requests;
  expect(request).toMatchObject({
    method: "PATCH",
    body: { attachments: [{ id: 0, filename: "chart.png" }] },
    file: { name: "chart.png" },
  });
  expect(request?.file.bytes).toBeGreaterThan(10_000);
  expect(methods(life)).toEqual(["POST", "PATCH", "PATCH", "PATCH"]);
});

test("one card a day has a chart where each is posted anew, once six hours are known", async () => {
  await using life = await startAtMidnight();
  const charts: number[] = [];
  for (let run = 0; run < 26; run += 1) {
    await life.run();
    charts.push(life.discord.requests[run]?.files.length ?? 0);
    life.pass(60);
  }
  const [first, second] = [6, 24];
  expect(charts.flatMap((count, run) => (count > 0 ? [run] : []))).toEqual([first, second]);
  await life.run({ arguments: ["--layout", "classic"] });
  expect(life.discord.requests.at(-1)?.files).toEqual([]);
}, 300_000);

test("who hears only of changes has a digest a day, with a chart, and nothing else", async () => {
  await using life = await startAtMidnight();
  const config = join(life.directory, "settings.toml");
  writeFileSync(config, 'digest = "08:00"\ntimezone = "Asia/Tokyo"\n');
  const posted: string[] = [];
  for (let run = 0; run < 30; run += 1) {
    const before = life.discord.requests.length;
    expect(await life.run({ arguments: ["--only-changes", "--config", config] })).toEqual(quiet);
    if (life.discord.requests.length > before) posted.push(life.now());
    life.pass(120);
  }
  expect(posted).toEqual(["2026-07-12T00:00:00.000Z", "2026-07-13T00:00:00.000Z"]);
  expect(life.discord.requests.map(({ method, files }) => [method, files.length])).toEqual([
    ["POST", 1],
    ["POST", 1],
  ]);
  expect(life.discord.messages[1]).toMatchObject({
    flags: 4096,
    embeds: [
      {
        title: expect.stringContaining("24 h: all well"),
        footer: { text: expect.stringMatching(/^13 runs/) },
      },
    ],
  });
  life.pass(22 * 60);
  const printed = await life.run({ arguments: ["--only-changes", "--dry-run", "--config", config] });
  expect(printed.stdout).toMatch(/^POST \(.*\), chart\.png, \d+ bytes$/m);
}, 300_000);

test("a digest at no time of day is refused", async () => {
  await using life = await startLife();
  const config = join(life.directory, "settings.toml");
  writeFileSync(config, 'digest = "8 am"\n');
  expect(await life.run({ arguments: ["--config", config] })).toEqual({
    status: 78,
    stdout: "",
    stderr: `server-metrics: setting "digest" in ${config}: expected a time of day such as "08:00", or with a day of the week such as "monday 08:00", got "8 am"\n`,
  });
});

test("a card whose chart cannot be drawn goes without it", async () => {
  await using life = await startAtMidnight();
  await liveRuns(life, 4);
  // What has no file any more cannot be started a second time, as a helper that draws.
  const script = 'cp "$0" ./once && exec 3<./once && rm ./once && exec /proc/self/fd/3 --sample 0 --live';
  const command = (binary: string) => ["sh", "-c", `cd "${life.directory}" && ${script}`, binary];
  expect(await life.run({ command })).toEqual(quiet);
  expect(life.discord.requests.map(({ method, files }) => [method, files.length])).toEqual([
    ["POST", 0],
    ["PATCH", 1],
    ["PATCH", 0],
    ["PATCH", 0],
    ["PATCH", 0],
  ]);
  // Nor does the last one stay, which would be a chart of another time.
  expect(cards(life)).toMatchObject([{ attachments: [] }]);
  await liveRuns(life, 1);
  expect(filesOf(life).at(-1)).toBe(1);
});
