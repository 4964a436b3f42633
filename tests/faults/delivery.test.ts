import { expect, test } from "bun:test";

import { cardsIn, nobody, startLife } from "./life.ts";

const gone = { status: 404, body: { message: "Unknown Webhook", code: 10015 } };

test("the network is gone for two runs and back in the third: nothing lost, in order, 75, 75, 0", async () => {
  await using life = await startLife();
  const statuses: (number | null)[] = [];
  for (const environment of [nobody, nobody, {}]) {
    statuses.push((await life.run({ environment })).status);
    life.pass(30);
  }
  expect(statuses).toEqual([75, 75, 0]);
  const times = cardsIn(life.discord);
  expect(times).toEqual(["2026-07-10T12:00:00.000Z", "2026-07-10T12:30:00.000Z", "2026-07-10T13:00:00.000Z"]);
});

test("a webhook that was deleted is asked once and never again, until the address is another", async () => {
  await using life = await startLife();
  life.discord.scriptForEver(gone);
  const first = await life.run();
  life.pass(30);
  const second = await life.run();
  expect([first.status, second.status]).toEqual([69, 69]);
  expect(life.discord.requests).toHaveLength(1);
  life.discord.scriptForEver({ status: 200, body: { id: "1" } });
  life.pass(30);
  const DISCORD_WEBHOOK_URL = `http://${life.discord.host}/api/webhooks/998877665544332211/another-token`;
  const third = await life.run({ environment: { DISCORD_WEBHOOK_URL } });
  expect(third.status).toBe(0);
  expect(cardsIn(life.discord)).toHaveLength(3);
});

test("of twenty that are started at once one posts, and the others end silently", async () => {
  await using life = await startLife();
  const runs = await Promise.all(
    Array.from({ length: 20 }, () => life.run({ onThisMachine: true, arguments: ["--sample", "2"] })),
  );
  expect(runs.map(({ status, stdout, stderr }) => [status, stdout, stderr])).toEqual(
    Array.from({ length: 20 }, () => [0, "", ""]),
  );
  expect(life.discord.messages).toHaveLength(1);
});

test("an outage of three days becomes one digest and the card of now", async () => {
  await using life = await startLife();
  // Every half hour in `npm run faults -- outage`.
  for (let count = 0; count < 36; count += 1) {
    expect((await life.run({ environment: nobody })).status).toBe(75);
    life.pass(120);
  }
  expect((await life.run()).status).toBe(0);
  const texts = life.discord.messages.map((message) => JSON.stringify(message));
  expect(texts.at(-2)).toContain("36 late reports");
  expect(cardsIn(life.discord)).toEqual(["2026-07-13T12:00:00.000Z"]);
  expect(texts).toHaveLength(2);
}, 300_000);

test("a failure is said when it begins and once a day, and its end ends that", async () => {
  await using life = await startLife();
  const said: number[] = [];
  for (let count = 0; count < 30; count += 1) {
    const { stderr } = await life.run({ environment: nobody });
    if (stderr !== "") said.push(count);
    // A little more than an hour, because each run waits a little for its repeats.
    life.pass(61);
  }
  expect(said).toEqual([0, 24]);
});

test.each([
  ["wait a little", [{ status: 429, headers: { "Retry-After": "2" }, body: { retry_after: 1.5, global: false } }]],
  ["a gateway that is out of order", [{ status: 502 }, { status: 502 }]],
])("%s: tried again in the same run", async (_, scripts) => {
  await using life = await startLife();
  life.discord.script(...scripts);
  expect((await life.run()).status).toBe(0);
  expect(life.discord.messages).toHaveLength(1);
});

test("a wait of hours is kept as a time before which nobody asks again", async () => {
  await using life = await startLife();
  life.discord.script({ status: 429, headers: { "Retry-After": "66271" }, body: "error code: 1015" });
  expect((await life.run()).status).toBe(75);
  life.pass(30);
  expect((await life.run()).status).toBe(75);
  expect(life.discord.requests).toHaveLength(1);
  life.pass(19 * 60);
  expect((await life.run()).status).toBe(0);
  expect(life.discord.messages).toHaveLength(3);
});

test("an answer that was lost after the message was saved: the repeat says that it may be a duplicate", async () => {
  await using life = await startLife();
  life.discord.script({ accepted: "reset" });
  expect((await life.run()).status).toBe(0);
  const [first, second] = life.discord.messages.map((message) => JSON.stringify(message));
  expect(first).not.toContain("may be a duplicate");
  expect(second).toContain("may be a duplicate");
  expect(life.discord.messages).toHaveLength(2);
});

test("what Discord refuses goes out in its plainest form, and the queue moves on", async () => {
  await using life = await startLife();
  const errors = { embeds: { 0: { title: { _errors: [{ code: "BASE_TYPE_MAX_LENGTH", message: "" }] } } } };
  const refusal = { status: 400, body: { code: 50035, message: "Invalid Form Body", errors } };
  // Whole, and without its name.
  life.discord.script(refusal, refusal);
  expect((await life.run()).status).toBe(75);
  expect(JSON.stringify(life.discord.messages[0])).toContain("Discord refused the full message");
  const { stdout } = await life.run({ command: (binary) => [binary, "outbox", "--json"] });
  expect(JSON.parse(stdout)).toMatchObject({ waiting: [], dead: [{ kind: "report" }] });
});

test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
  "%s while Discord does not answer: ends at once, and the next run delivers",
  async (signal) => {
    await using life = await startLife();
    const asked = Promise.withResolvers<number>();
    life.discord.script(() => asked.resolve(performance.now()));
    const { status } = await life.run({ stop: { signal, when: asked.promise } });
    // Of itself it would wait for 10 s.
    expect(performance.now() - (await asked.promise)).toBeLessThan(8000);
    expect(status).not.toBe(0);
    life.pass(30);
    expect((await life.run()).status).toBe(0);
    expect(cardsIn(life.discord)).toEqual(["2026-07-10T12:00:00.000Z", "2026-07-10T12:30:00.000Z"]);
  },
);

test("with its output closed, or full, it goes on", async () => {
  await using life = await startLife();
  for (const ending of [">&- 2>&-", ">/dev/full 2>/dev/full"]) {
    const command = (binary: string) => ["sh", "-c", `"$0" --sample 0 ${ending}`, binary];
    expect((await life.run({ command })).status).toBe(0);
    life.pass(30);
  }
  expect(life.discord.messages).toHaveLength(2);
});
