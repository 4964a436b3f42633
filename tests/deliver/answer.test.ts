import { describe, expect, test } from "bun:test";

import { outcomeOfAnswer } from "../../lib/deliver/answer.ts";
import type { Outcome, Part } from "../../lib/deliver/outcome.ts";

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
const serverFault: Outcome = { ...ambiguous, isServerFault: true };
const refused: Outcome = { kind: "rejected", part: "body", reason: expect.any(String) };
const webhookGone: Outcome = { kind: "gone", reason: expect.any(String) };
const deferred: Outcome = { kind: "deferred", reason: expect.any(String) };
const place = { embeds: { 0: { title: { _errors: [{ code: "BASE_TYPE_MAX_LENGTH" }] } } } };
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
    ["400 with code 160005: a locked thread keeps the message", 400, { code: 160_005 }, deferred],
    ["400 with code 220001: a forum needs a thread", 400, { code: 220_001 }, webhookGone],
    ["429 with code 30046: too many edits", 429, { code: 30046, message: "Maximum number of edits" }, uneditable],
    ["400 with code 50035 and a place: the body is refused", 400, { code: 50035, errors: place }, refused],
    ["400 with code 50035 that names no place keeps it", 400, { code: 50035, errors: {} }, deferred],
    ["400 with code 50006: an empty message", 400, { code: 50_006 }, refused],
    ["413 with code 40005: the files are too large", 413, { code: 40005 }, refused],
    ["413 of a proxy", 413, html, refused],
    ["404 with another code keeps the message", 404, { code: 0, message: "404: Not Found" }, deferred],
    ["400 without a code, as version 6 answers", 400, { username: ["no"] }, deferred],
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
    ["400 of Cloudflare", 400, html, deferred],
    ["404 whose body could not be read", 404, undefined, retry],
    ["301", 301, "", retry],
    ["302 with JSON", 302, { id: "1" }, retry],
    ["502: Discord was not reached", 502, html, retry],
    ["500 is ambiguous", 500, { message: "500: Internal Server Error", code: 0 }, serverFault],
    ["503 is ambiguous", 503, "upstream connect error", serverFault],
    ["504 is ambiguous", 504, html, serverFault],
  ])("%s", (_, status, body, outcome) => expect(outcomeOf(status, body)).toEqual(outcome));

  test("and says how long to wait when it is told", () => {
    expect(outcomeOf(503, "", { "retry-after": "7" })).toEqual({ ...serverFault, afterMs: 7000 });
  });
});

describe("what may be shed is named", () => {
  const at = (name: string) => ({ code: 50_035, errors: { [name]: { _errors: [{ code: "X" }] } } });
  const answer = (status: number, body: unknown) => ({ status, headers: new Headers(), body: JSON.stringify(body) });
  test.each<[string, number, unknown, Part]>([
    ["413 of a proxy", 413, "<html>nginx</html>", "picture"],
    ["40005", 413, { code: 40_005 }, "picture"],
    ["50045", 400, { code: 50_045 }, "picture"],
    ["400001 with 400", 400, { code: 400_001 }, "picture"],
    ["400001 with 403", 403, { code: 400_001 }, "picture"],
    ["a place in the attachments", 400, at("attachments"), "picture"],
    ["a place in the name", 400, at("username"), "name"],
    ["a place elsewhere", 400, at("embeds"), "body"],
  ])("%s", (_, status, body, part) => {
    expect(outcomeOfAnswer(answer(status, body), now, true)).toMatchObject({ kind: "rejected", part });
  });

  test.each<[string, unknown, Outcome]>([
    ["a server that takes no files says nothing of a message without one", { code: 400_001 }, deferred],
    ["attachments that are not there", at("attachments"), refused],
  ])("%s", (_, body, outcome) => expect(outcomeOfAnswer(answer(400, body), now, false)).toEqual(outcome));
});

test.each([
  130_000, 160_006, 40_004, 40_006, 20_028, 20_016, 40_062, 50_001, 50_024, 50_101, 10_004, 200_000, 240_000, 220_003,
  220_004, 40_067, 30_007, 40_094, 50_013, 50_005,
])("code %d speaks of the place or the moment, whatever the status: the message is kept", (code) => {
  for (const status of [400, 401, 403, 404, 405]) expect(outcomeOf(status, { code })).toEqual(deferred);
});

test("a deferred message waits as long as it is told", () => {
  expect(outcomeOf(400, { code: 130_000, retry_after: 2.5 })).toEqual({ ...deferred, afterMs: 2500 });
  expect(outcomeOf(400, { code: 130_000 }, { "retry-after": "7" })).toEqual({ ...deferred, afterMs: 7000 });
});

test("of 10,000 random answers only what names a place in the message condemns it, and only 4xx the webhook", () => {
  let state = 20_260_801;
  const draw = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const ofWebhook = [50_027, 10_015, 10_003, 220_001];
  const ofBody = [50_035, 50_006, 40_005, 50_045, 400_001];
  const trees = [undefined, {}, [], "x", null, place, { username: { _errors: [{ code: "X" }] } }];
  const pick = (codes: readonly number[]) => codes[draw(codes.length)] ?? 0;
  const kinds = new Map<string, number>();
  for (let round = 0; round < 10_000; round += 1) {
    const code = [pick(ofWebhook), pick(ofBody), draw(300_000), draw(1000)][draw(4)] ?? 0;
    const status = 100 + draw(500);
    const errors = trees[draw(trees.length)];
    const hasPicture = draw(2) === 1;
    const body = JSON.stringify({ code, errors });
    const { kind } = outcomeOfAnswer({ status, headers: new Headers(), body }, now, hasPicture);
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    const isRefusal = status >= 400 && status < 500 && status !== 429;
    const namesPlace = errors === place || (typeof errors === "object" && errors !== null && "username" in errors);
    const condemns =
      isRefusal &&
      (status === 413 ||
        [50_006, 40_005, 50_045].includes(code) ||
        (code === 50_035 && namesPlace) ||
        (code === 400_001 && hasPicture));
    expect([status, code, kind === "rejected"]).toEqual([status, code, condemns]);
    expect([status, code, kind === "gone"]).toEqual([
      status,
      code,
      isRefusal && status !== 413 && ofWebhook.includes(code),
    ]);
  }
  expect([...kinds.keys()].toSorted()).toEqual(["blocked", "deferred", "delivered", "gone", "rejected", "retry"]);
});
