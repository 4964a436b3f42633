import { send } from "../../lib/deliver/request.ts";
import { fakeDiscord } from "../support/fakeDiscord.ts";
import { hello, sendDeps } from "../support/sending.ts";
import { describe, expect, test } from "bun:test";

describe("a request", () => {
  test("posts JSON to the v10 address and waits for the message's id", async () => {
    await using discord = await fakeDiscord();
    const outcome = await send(hello, sendDeps(discord.webhookUrl));
    expect(outcome).toEqual({ kind: "delivered", messageId: "9000000000000000001" });
    expect(discord.requests).toHaveLength(1);
    expect(discord.requests[0]).toMatchObject({ method: "POST", json: hello.body });
    expect(discord.requests[0]?.path).toBe(`/api/v10/webhooks/112233445566778899/${discord.token}?wait=true`);
    expect(discord.messages).toEqual([hello.body]);
  });

  test("has a length, is not chunked, and names the program as Discord asks", async () => {
    await using discord = await fakeDiscord();
    await send({ method: "POST", body: { content: "héllo 🟢" } }, sendDeps(discord.webhookUrl));
    const headers = discord.requests[0]!.headers;
    expect(headers.get("user-agent")).toBe("DiscordBot (https://github.com/Yourein/server_metrics, 1.2.3)");
    expect(headers.get("content-type")).toBe("application/json");
    expect(headers.get("content-length")).toBe(String(Buffer.byteLength('{"content":"héllo 🟢"}')));
    expect(headers.has("transfer-encoding")).toBe(false);
  });

  test("goes to the thread", async () => {
    await using discord = await fakeDiscord();
    await send(hello, sendDeps(`${discord.webhookUrl}?thread_id=42`));
    expect(discord.requests[0]?.path).toEndWith("?wait=true&thread_id=42");
  });

  test("that breaks Discord's rules is rejected with the place", async () => {
    await using discord = await fakeDiscord();
    const fields = [{ name: "ok", value: "" }];
    const outcome = await send({ method: "POST", body: { embeds: [{ fields }] } }, sendDeps(discord.webhookUrl));
    expect(outcome).toEqual({
      kind: "rejected",
      reason: "400, code 50035: Discord refuses the message at embeds.0.fields.0.value: BASE_TYPE_REQUIRED",
      part: "body",
    });
  });

  test("with another token finds the webhook gone", async () => {
    await using discord = await fakeDiscord();
    const outcome = await send(hello, sendDeps(discord.webhookUrl.replace(discord.token, "other")));
    expect(outcome).toMatchObject({ kind: "gone" });
    expect(discord.messages).toEqual([]);
  });

  test("is measured against the clock it is given when an answer names a date", async () => {
    await using discord = await fakeDiscord();
    discord.script({ status: 429, headers: { "Retry-After": "Sat, 01 Aug 2026 12:00:09 GMT" } });
    expect(await send(hello, sendDeps(discord.webhookUrl))).toMatchObject({ kind: "retry", afterMs: 9000 });
  });

  test("has a connection of its own, so that no closed one is mistaken for a lost answer", async () => {
    const ports: unknown[] = [];
    using server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: (request, self) => (ports.push(self.requestIP(request)?.port), Response.json({ id: "1" })),
    });
    const deps = sendDeps(`http://127.0.0.1:${server.port}/api/webhooks/1/token`);
    for (let i = 0; i < 3; i++) expect(await send(hello, deps)).toMatchObject({ kind: "delivered" });
    expect(new Set(ports).size).toBe(3);
  });

  test("never follows a redirect", async () => {
    await using elsewhere = await fakeDiscord();
    await using discord = await fakeDiscord();
    for (const status of [301, 302, 303, 307, 308]) {
      discord.script({ status, headers: { Location: elsewhere.webhookUrl } });
      expect(await send(hello, sendDeps(discord.webhookUrl))).toMatchObject({ kind: "retry", ambiguous: false });
    }
    expect(discord.requests).toHaveLength(5);
    expect(elsewhere.requests).toHaveLength(0);
  });
});

describe("the run's end", () => {
  test("stops a request that is under way", async () => {
    await using discord = await fakeDiscord();
    discord.script("hang");
    const stop = new AbortController();
    const outcome = send(hello, sendDeps(discord.webhookUrl, { signal: stop.signal }));
    while (discord.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    const reason = "stopped: the time of this run was over";
    expect(await outcome).toEqual({ kind: "retry", reason, ambiguous: true });
  });

  test("that has already come lets nothing out", async () => {
    await using discord = await fakeDiscord();
    const outcome = await send(hello, sendDeps(discord.webhookUrl, { signal: AbortSignal.abort() }));
    expect(outcome).toMatchObject({ kind: "retry", ambiguous: false });
    expect(discord.requests).toHaveLength(0);
  });
});
