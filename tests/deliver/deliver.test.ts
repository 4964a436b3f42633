import { describe, expect, test } from "bun:test";

import { deliver, type DeliverDeps } from "../../lib/deliver/retry.ts";
import { send, type SendDeps, type WebhookRequest } from "../../lib/deliver/request.ts";
import { type FakeDiscord, fakeDiscord } from "../support/fakeDiscord.ts";
import { hello, sendDeps } from "../support/sending.ts";
import { virtualClock } from "../support/virtualClock.ts";

const repeat: WebhookRequest = { method: "POST", body: { content: "hello (may be a duplicate)" } };

function deliverTo(discord: FakeDiscord, more: Partial<DeliverDeps & SendDeps> = {}) {
  const clock = virtualClock();
  const deps = { ...sendDeps(discord.webhookUrl, { clock, timeoutMs: 500 }), random: () => 0.5, ...more };
  return {
    clock,
    delivery: deliver<WebhookRequest>({ request: hello, repeat }, (request) => send(request, deps), deps),
  };
}

/** The first turn of a draw of 0.5, milliseconds. */
const turn = 2000;

describe("delivery", () => {
  test("is one request when all is well", async () => {
    await using discord = await fakeDiscord();
    const { clock, delivery } = deliverTo(discord);
    expect(await delivery).toMatchObject({ outcome: { kind: "delivered" }, attempts: 1, waitedMs: 0 });
    expect(discord.messages).toEqual([hello.body]);
    expect(clock.slept).toEqual([]);
  });

  test("gets through after two faults, backing off in between", async () => {
    await using discord = await fakeDiscord();
    discord.script({ status: 502 }, { status: 502 });
    const { clock, delivery } = deliverTo(discord);
    expect(await delivery).toMatchObject({ outcome: { kind: "delivered" }, attempts: 3, waitedMs: 1500 });
    expect(clock.slept).toEqual([500, 1000]);
    expect(discord.messages).toEqual([hello.body]);
  });

  test("gives up after three tries for this run", async () => {
    await using discord = await fakeDiscord();
    discord.scriptForEver({ status: 502 });
    expect(await deliverTo(discord).delivery).toMatchObject({
      outcome: { kind: "retry", ambiguous: false },
      attempts: 3,
    });
    expect(discord.requests).toHaveLength(3);
  });

  test("waits as long as Discord asks, and its turn", async () => {
    await using discord = await fakeDiscord();
    discord.script({ status: 429, body: { retry_after: 2.5 }, headers: { "Retry-After": "3" } });
    const { clock, delivery } = deliverTo(discord);
    expect(await delivery).toMatchObject({ outcome: { kind: "delivered" }, attempts: 2 });
    expect(clock.slept).toEqual([3000 + turn]);
  });

  test("waits no more than half a minute altogether", async () => {
    await using discord = await fakeDiscord();
    discord.scriptForEver({ status: 429, headers: { "Retry-After": "20" } });
    const { clock, delivery } = deliverTo(discord);
    expect(await delivery).toMatchObject({
      outcome: { kind: "retry", afterMs: 20_000 },
      attempts: 2,
      waitedMs: 20_000 + turn,
    });
    expect(clock.slept).toEqual([20_000 + turn]);
  });

  test("waits no longer than the run has left", async () => {
    await using discord = await fakeDiscord();
    discord.script({ status: 429, headers: { "Retry-After": "3" } });
    expect(await deliverTo(discord, { budgetMs: 2999 }).delivery).toMatchObject({ attempts: 1, waitedMs: 0 });
  });

  test.each([
    ["Cloudflare turns us away", { status: 429, body: "error code: 1015" }, "blocked" as const],
    ["the webhook is gone", { status: 404, body: { code: 10015 } }, "gone" as const],
    ["the body is too large", { status: 413 }, "rejected" as const],
    ["the message is not taken for now", { status: 400, body: { code: 130_000 } }, "deferred" as const],
  ])("is not tried again when %s", async (_, script, kind) => {
    await using discord = await fakeDiscord();
    discord.scriptForEver(script);
    const delivery = await deliverTo(discord).delivery;
    expect({ kind: delivery.outcome.kind, attempts: delivery.attempts }).toEqual({ kind, attempts: 1 });
    expect(discord.requests).toHaveLength(1);
  });
});

describe("an answer that was lost", () => {
  test("is followed by one repeat that says it may be a duplicate", async () => {
    await using discord = await fakeDiscord();
    discord.script({ accepted: "close" });
    const { clock, delivery } = deliverTo(discord);
    expect(await delivery).toMatchObject({ outcome: { kind: "delivered" }, attempts: 2 });
    expect(discord.messages).toEqual([hello.body, repeat.body]);
    expect(clock.slept).toEqual([2500]);
  });

  test("twice is two messages at the most", async () => {
    await using discord = await fakeDiscord();
    discord.scriptForEver({ accepted: "hang" });
    const { delivery } = deliverTo(discord, { timeoutMs: 50 });
    expect(await delivery).toMatchObject({ outcome: { kind: "retry", ambiguous: true }, attempts: 2 });
    expect(discord.messages).toHaveLength(2);
  });

  test("is remembered when the repeat surely failed", async () => {
    await using discord = await fakeDiscord();
    discord.script({ accepted: "close" });
    discord.scriptForEver({ status: 502 });
    expect(await deliverTo(discord).delivery).toMatchObject({
      outcome: { kind: "retry", ambiguous: true },
      attempts: 3,
    });
    expect(discord.requests.map(({ json }) => json)).toEqual([hello.body, repeat.body, repeat.body]);
  });

  test("at 200 is none: a stalled body does not post twice", async () => {
    await using discord = await fakeDiscord();
    discord.script({ accepted: "stalled body" });
    const { delivery } = deliverTo(discord, { timeoutMs: 1000 });
    expect(await delivery).toMatchObject({ outcome: { kind: "delivered", messageId: "" }, attempts: 1 });
    expect(discord.messages).toEqual([hello.body]);
  });
});

test("the run's end cuts the waiting short", async () => {
  await using discord = await fakeDiscord();
  discord.scriptForEver({ status: 502 });
  const stop = new AbortController();
  const clock = { ...virtualClock(), sleep: async () => (stop.abort(), stop.signal.throwIfAborted()) };
  const { delivery } = deliverTo(discord, { clock, signal: stop.signal });
  expect(await delivery).toMatchObject({
    outcome: { kind: "retry", reason: expect.stringContaining("502") },
    attempts: 1,
  });
});
