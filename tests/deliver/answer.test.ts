import { describe, expect, test } from "bun:test";

import { type Outcome, outcomeOfAnswer } from "../../lib/deliver/outcome.ts";

const now = Date.parse("2026-08-01T12:00:00Z");
const html = "<!doctype html><title>Forbidden</title>";
const outcomeOf = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  outcomeOfAnswer(
    {
      status,
      headers: new Headers(headers),
      body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
    },
    now,
  );
const retry: Outcome & { kind: "retry" } = { kind: "retry", ambiguous: false, reason: expect.any(String) };
const ambiguous: Outcome = { ...retry, ambiguous: true };
const refused: Outcome = { kind: "rejected", webhookGone: false, reason: expect.any(String) };
const webhookGone: Outcome = { kind: "rejected", webhookGone: true, reason: expect.any(String) };
const uneditable: Outcome = { kind: "uneditable", reason: expect.any(String) };
const blocked = (afterMs: number): Outcome => ({ kind: "blocked", afterMs, reason: expect.any(String) });
const delivered = (messageId: string): Outcome => ({ kind: "delivered", messageId });

describe("success", () => {
  test.each([
    ["200 with a message", 200, { id: "123", content: "" }, delivered("123")],
    ["201 with a message", 201, { id: "123" }, delivered("123")],
    ["204, which is what comes without wait", 204, "", delivered("")],
    ["200 whose body could not be read: the status line decides", 200, undefined, delivered("")],
    ["200 without an id is ambiguous", 200, { ok: true }, ambiguous],
    ["200 with an id that is none is ambiguous", 200, { id: 123 }, ambiguous],
    ["200 with a web page is ambiguous", 200, html, ambiguous],
    ["200 with nothing is ambiguous", 200, "", ambiguous],
  ])("%s", (_, status, body, outcome) => expect(outcomeOf(status, body)).toEqual(outcome));
});

describe("a rate limit waits the longest of what is told", () => {
  const json = { message: "You are being rate limited.", retry_after: 1.337, global: false };
  test.each([
    ["the body's seconds are a float", json, { "retry-after": "1" }, 1337],
    ["the header's are whole", json, { "retry-after": "2" }, 2000],
    ["the limit's reset is a float", json, { "retry-after": "2", "x-ratelimit-reset-after": "2.25" }, 2250],
    ["global", { ...json, global: true }, { "retry-after": "2", "x-ratelimit-global": "true" }, 2000],
    ["a body without headers, not of code 0", json, {}, 1337],
    ["headers without a readable body", undefined, { "retry-after": "3" }, 3000],
    ["an HTTP date", html, { "retry-after": "Sat, 01 Aug 2026 12:00:05 GMT" }, 5000],
    ["an HTTP date that is over", html, { "retry-after": "Sat, 01 Aug 2026 11:00:00 GMT" }, 0],
    ["a very long wait", json, { "retry-after": "66271" }, 66_271_000],
    ["an absurd wait is cut to a day", json, { "retry-after": "9".repeat(400) }, 86_400_000],
    ["what is no number is passed over", json, { "retry-after": "soon", "x-ratelimit-reset-after": "-7" }, 1337],
  ])("%s", (_, body, headers, afterMs) => expect(outcomeOf(429, body, headers)).toEqual({ ...retry, afterMs }));
});

describe("Cloudflare turns the machine away", () => {
  test.each([
    ["1015 with a time", 429, "error code: 1015", { "retry-after": "66271" }, 66_271_000],
    ["1015 without a time", 429, "error code: 1015\n", {}, 60_000],
    ["1015 with a short time", 429, "error code: 1015", { "retry-after": "3" }, 60_000],
    ["code 0 without headers", 429, { message: "You are being blocked", code: 0 }, {}, 60_000],
    ["code 0 without headers, with a time", 429, { retry_after: 90.5, code: 0 }, {}, 90_500],
    ["429 that tells nothing", 429, html, {}, 60_000],
    ["1010 for the user agent", 403, "error code: 1010", {}, 60_000],
    ["code 40333 for the user agent", 403, { message: "internal network error", code: 40333 }, {}, 60_000],
  ])("%s", (_, status, body, headers: Record<string, string>, afterMs) =>
    expect(outcomeOf(status, body, headers)).toEqual(blocked(afterMs)),
  );
});

describe("refusals", () => {
  test.each([
    ["401 with code 50027: the webhook is gone", 401, { code: 50027, message: "Invalid Webhook Token" }, webhookGone],
    ["404 with code 10015: the webhook is gone", 404, { code: 10015, message: "Unknown Webhook" }, webhookGone],
    ["404 with code 10003: its channel is gone", 404, { code: 10003, message: "Unknown Channel" }, webhookGone],
    ["404 with code 10008: only that message is gone", 404, { code: 10008, message: "Unknown Message" }, uneditable],
    ["400 with code 30046: too many edits", 400, { code: 30046, message: "Maximum number of edits" }, uneditable],
    ["400 with code 50083: an archived thread takes no edits", 400, { code: 50_083 }, uneditable],
    ["400 with code 160005: a locked thread keeps the message", 400, { code: 160_005 }, blocked(60_000)],
    ["400 with code 220001: a forum needs a thread", 400, { code: 220_001 }, webhookGone],
    ["429 with code 30046: too many edits", 429, { code: 30046, message: "Maximum number of edits" }, uneditable],
    ["400 with code 50035: the body is refused", 400, { code: 50035, errors: {} }, refused],
    ["413 with code 40005: the files are too large", 413, { code: 40005 }, refused],
    ["413 of a proxy", 413, html, refused],
    ["404 with another code keeps the message", 404, { code: 0, message: "404: Not Found" }, blocked(60_000)],
  ])("%s", (_, status, body, outcome) => expect(outcomeOf(status, body)).toEqual(outcome));

  test("name the first place in the body that Discord refuses", () => {
    const _errors = [{ code: "BASE_TYPE_MAX_LENGTH", message: "Must be 1024 or fewer in length." }];
    const errors = { embeds: { "0": { fields: { "3": { value: { _errors } }, "5": { name: { _errors } } } } } };
    expect(outcomeOf(400, { code: 50035, errors })).toMatchObject({
      reason: "400, code 50035: Discord refuses the message at embeds.0.fields.3.value: BASE_TYPE_MAX_LENGTH",
    });
  });

  test("do not repeat the other side's words", () => {
    const errors = { "https://discord.com/x": { _errors: [{ code: "https://discord.com/y", message: "z" }] } };
    expect(outcomeOf(400, { code: 50035, errors })).toMatchObject({
      reason: expect.stringMatching(/message at \?: \?$/),
    });
  });

  test("stay short, however deep the tree", () => {
    const deep = `${'{"a":'.repeat(5000)}{"_errors":[{"code":"B"}]}${"}".repeat(5000)}`;
    const reason = "400, code 50035: Discord refuses the message";
    expect(outcomeOf(400, `{"code":50035,"errors":${deep}}`)).toEqual({ ...refused, reason });
  });
});

describe("what is not Discord's is a network fault", () => {
  test.each([
    ["403 of a proxy", 403, html, retry],
    ["404 of a proxy", 404, html, retry],
    ["401 of a proxy", 401, html, retry],
    ["400 of Cloudflare", 400, html, retry],
    ["404 whose body could not be read", 404, undefined, retry],
    ["301", 301, "", retry],
    ["302 with JSON", 302, { id: "1" }, retry],
    ["502: Discord was not reached", 502, html, retry],
    ["500 is ambiguous", 500, { message: "500: Internal Server Error", code: 0 }, ambiguous],
    ["503 is ambiguous", 503, "upstream connect error", ambiguous],
    ["504 is ambiguous", 504, html, ambiguous],
  ])("%s", (_, status, body, outcome) => expect(outcomeOf(status, body)).toEqual(outcome));

  test("and says how long to wait when it is told", () => {
    expect(outcomeOf(503, "", { "retry-after": "7" })).toEqual({ ...ambiguous, afterMs: 7000 });
  });
});
