import type { Outcome } from "../../lib/deliver/outcome.ts";
import { send } from "../../lib/deliver/request.ts";
import { fakeDiscord, type Script } from "../support/fakeDiscord.ts";
import { misbehaviours, type Misbehaviour } from "../support/misbehaviour.ts";
import { hello, sendDeps } from "../support/sending.ts";
import { describe, expect, test } from "bun:test";
import { createServer } from "node:net";
import { join } from "node:path";

const unsure = (reason: string): Outcome => ({ kind: "retry", reason, ambiguous: true });
const saved: Outcome = { kind: "delivered", messageId: "" };
const closed = unsure("the connection was closed before the answer");
const silent = unsure("no answer within 0.2 s");
const notHttp = unsure("the answer was not HTTP");

/** What is to be made of each way to break, after the request has arrived. A type error here means one was forgotten. */
const expected: Record<Misbehaviour, Outcome> = {
  hang: silent,
  "slow headers": silent,
  close: closed,
  reset: closed,
  "half a header": closed,
  garbage: notHttp,
  "endless headers": notHttp,
  "slow body": saved,
  "stalled body": saved,
  "broken body": saved,
  "endless body": saved,
  "bad gzip": saved,
  "bad chunk": saved,
};

describe("a server that reads the request and then answers with", () => {
  test.each(Object.entries(expected))("%s", async (name, outcome) => {
    await using discord = await fakeDiscord();
    discord.script(Object.keys(misbehaviours).find((key): key is Misbehaviour => key === name)!);
    // What ends by itself has time for it, also on a busy machine.
    const timeoutMs = outcome === silent ? 200 : outcome === saved ? 3000 : 60_000;
    const started = performance.now();
    expect(await send(hello, sendDeps(discord.webhookUrl, { timeoutMs }))).toEqual(outcome);
    // Less than the usual deadline: the one that was given counts.
    expect(performance.now() - started).toBeLessThan(8000);
    expect(discord.requests).toHaveLength(1);
  });

  test("a broken compressed body leaves stderr silent, which under cron is a mail", async () => {
    await using discord = await fakeDiscord();
    discord.script("bad gzip");
    const child = Bun.spawn([process.execPath, join(import.meta.dir, "../support/sendOnce.ts"), discord.webhookUrl], {
      stderr: "pipe",
    });
    expect(await child.stderr.text()).toBe("");
    expect(await child.exited).toBe(0);
  });

  test("an endless body does not fill the memory", async () => {
    await using discord = await fakeDiscord();
    discord.script("endless body");
    const before = process.memoryUsage.rss();
    const started = performance.now();
    await send(hello, sendDeps(discord.webhookUrl, { timeoutMs: 60_000 }));
    expect(performance.now() - started).toBeLessThan(30_000);
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * 1024 * 1024);
  });
});

describe("a request that never left is not ambiguous:", () => {
  const never = (reason: string): Outcome => ({
    kind: "retry",
    reason: expect.stringContaining(reason),
    ambiguous: false,
  });
  const url = (host: string) => `https://${host}/api/webhooks/112233445566778899/token`;

  test("a closed port", async () => {
    const discord = await fakeDiscord();
    await discord[Symbol.asyncDispose]();
    expect(await send(hello, sendDeps(discord.webhookUrl))).toEqual(never("connection refused"));
  });

  test("an unknown host", async () => {
    const outcome = await send(hello, sendDeps(url("no-such-host.invalid")));
    expect(outcome).toEqual(never("could not find the webhook's host: DNS"));
  });

  test("a server that never ends the TLS handshake", async () => {
    await using discord = await fakeDiscord();
    const outcome = await send(hello, sendDeps(url(discord.host), { timeoutMs: 100 }));
    expect(outcome).toEqual(never("no connection within 0.1 s"));
  });

  test("a server that speaks no TLS", async () => {
    const server = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    expect(await send(hello, sendDeps(url(`127.0.0.1:${port}`)))).toEqual(never("the TLS handshake failed"));
    server.close();
  });
});

test("no reason ever holds a part of the address", async () => {
  await using discord = await fakeDiscord();
  const echo = `${discord.webhookUrl} ${discord.token}`;
  const answers = [200, 302, 400, 401, 403, 404, 413, 418, 429, 500, 502, 503, 504].flatMap((status): Script[] => [
    { status, body: echo, headers: { Location: discord.webhookUrl, "Retry-After": echo } },
    { status, body: { code: 50035, message: echo, errors: { [echo]: { _errors: [{ code: echo, message: echo }] } } } },
  ]);
  const names = Object.keys(misbehaviours).filter((key): key is Misbehaviour => key in expected);
  const scripts = [...answers, ...names, "reset on accept" as const];
  for (const script of scripts) {
    discord.script(script);
    const outcome = JSON.stringify(await send(hello, sendDeps(discord.webhookUrl, { timeoutMs: 500 })));
    expect(outcome).not.toContain(discord.token);
    expect(outcome).not.toContain("http://");
    expect(outcome).not.toContain(discord.host);
  }
  expect(discord.requests).toHaveLength(scripts.length - 1);
});
