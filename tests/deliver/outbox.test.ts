import type { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { DeliverDeps } from "../../lib/deliver/retry.ts";
import { discordRoute } from "../../lib/deliver/channels.ts";
import { flush } from "../../lib/deliver/outbox.ts";
import type { SendDeps } from "../../lib/deliver/request.ts";
import { deadLetters } from "../../lib/state/deadLetters.ts";
import { getValue, setHold, setValue } from "../../lib/state/keyValue.ts";
import { enqueue, enqueueLive, outboxBounds, waiting } from "../../lib/state/outbox.ts";
import { type FakeDiscord, fakeDiscord, type ScriptedAnswer } from "../support/fakeDiscord.ts";
import { temporaryDirectory } from "../support/project.ts";
import { sendDeps, webhookAt } from "../support/sending.ts";
import { card, dayMs, inMemory, openFile, start, waitingAlert, waitingReport } from "../support/stateFile.ts";
import { virtualClock } from "../support/virtualClock.ts";

/** An outbox in memory with reports of these titles. */
function outboxOf(...titles: readonly string[]): Database {
  const database = inMemory();
  for (const title of titles) enqueue(database, waitingReport(title), start);
  return database;
}

function empty(database: Database, discord: FakeDiscord, more: Partial<DeliverDeps & SendDeps> = {}) {
  const clock = virtualClock(start);
  const deps = { ...sendDeps(discord.webhookUrl, { clock, timeoutMs: 500 }), random: () => 0.5, ...more };
  return flush(database, discordRoute(database, deps, "all"), deps);
}

const titleOf = (message: unknown) => /"title":"([^"]*)"/.exec(JSON.stringify(message))?.[1];
const footerOf = (message: unknown) => /"footer":{"text":"([^"]*)"/.exec(JSON.stringify(message))?.[1];

describe("the outbox", () => {
  test("goes out oldest first, and is empty then", async () => {
    await using discord = await fakeDiscord();
    using database = outboxOf("one", "two", "three");
    const nothing = { kept: 0, reason: null, refused: 0, refusal: null, webhookGone: false, fault: null };
    const all = { delivered: 3, confirmed: [1, 2, 3], ...nothing };
    expect(await empty(database, discord)).toEqual(all);
    expect(discord.messages.map(titleOf)).toEqual(["one", "two", "three"]);
    expect(waiting(database)).toEqual([]);
  });

  test("stops at the first message that cannot go out, or the others would overtake it", async () => {
    await using discord = await fakeDiscord();
    discord.script({ status: 200, body: { id: "1" } });
    discord.scriptForEver({ status: 502 });
    using database = outboxOf("one", "two", "three");
    const flushed = await empty(database, discord);
    expect(flushed).toMatchObject({ delivered: 1, kept: 2, reason: expect.stringContaining("502") });
    expect(waiting(database).map(({ attempts }) => attempts)).toEqual([3, 0]);
  });

  test("sends a message that cannot be crossed out no second time in a run", async () => {
    await using discord = await fakeDiscord();
    using database = outboxOf("one", "two");
    // A row that stays, as one whose number is rounded when it is read.
    database.run("CREATE TRIGGER stay BEFORE DELETE ON outbox BEGIN SELECT raise(IGNORE); END");
    const flushed = await empty(database, discord);
    expect(flushed).toMatchObject({ delivered: 1, fault: "it is damaged" });
    expect(discord.requests).toHaveLength(1);
  });

  test("counts an attempt before it is made", async () => {
    await using discord = await fakeDiscord();
    using database = outboxOf("one");
    const seen: unknown[] = [];
    await empty(database, discord, {
      fetch: async (url, init) => {
        seen.push(waiting(database)[0]);
        return fetch(url, init);
      },
    });
    expect(seen).toEqual([expect.objectContaining({ attempts: 1, ambiguous: 1 })]);
  });

  test("sends an alert before the reports that wait", async () => {
    await using discord = await fakeDiscord();
    using database = outboxOf("one", "two");
    enqueue(database, waitingAlert("alert"), start);
    await empty(database, discord);
    expect(discord.messages.map(titleOf)).toEqual(["alert", "one", "two"]);
  });

  test("keeps a message as long as Discord asks and its turn, and no request is made before", async () => {
    await using discord = await fakeDiscord();
    discord.script({ status: 429, headers: { "Retry-After": "600" }, body: { retry_after: 600, code: 20_028 } });
    using database = outboxOf("one");
    const emptyAt = (ms: number) => empty(database, discord, { clock: virtualClock(start + ms) });
    expect(await emptyAt(0)).toMatchObject({ delivered: 0, kept: 1 });
    expect(await emptyAt(599_999)).toMatchObject({ delivered: 0, reason: expect.stringContaining("429") });
    expect(discord.requests).toHaveLength(1);
    expect(await emptyAt(604_000)).toMatchObject({ delivered: 1 });
  });

  test("lets an alert go while a card has a turn to wait for", async () => {
    await using discord = await fakeDiscord();
    using database = outboxOf("one");
    database.run("UPDATE outbox SET not_before = ?, attempts = 9", [start - 1]);
    setHold(database, webhookAt(discord.webhookUrl).url, { untilMs: start - 1, reason: "429" });
    enqueue(database, waitingAlert("alert"), start);
    expect(await empty(database, discord)).toMatchObject({ delivered: 1, kept: 1 });
    expect(discord.messages.map(titleOf)).toEqual(["alert"]);
  });

  test("asks nobody for an alert either, while Discord is not to be asked", async () => {
    await using discord = await fakeDiscord();
    using database = outboxOf();
    enqueue(database, waitingAlert("alert"), start);
    setHold(database, webhookAt(discord.webhookUrl).url, { untilMs: start + 1000, reason: "429" });
    enqueue(database, waitingReport("one"), start);
    expect(await empty(database, discord)).toMatchObject({ delivered: 0, kept: 2, reason: "429" });
    expect(await empty(database, discord, { clock: virtualClock(start + 1000) })).toMatchObject({ delivered: 2 });
  });

  test("does not believe a wait of weeks: then the clock was set back", async () => {
    await using discord = await fakeDiscord();
    using database = outboxOf("one");
    database.run("UPDATE outbox SET not_before = ?", [start + 40 * dayMs]);
    expect(await empty(database, discord)).toMatchObject({ delivered: 1 });
  });

  test("is not held by a clock that was set back when no wait was asked for", async () => {
    await using discord = await fakeDiscord();
    discord.script({ status: 502 }, { status: 502 }, { status: 502 });
    using database = outboxOf("one");
    expect(await empty(database, discord)).toMatchObject({ kept: 1 });
    expect(await empty(database, discord, { clock: virtualClock(start - 3_600_000) })).toMatchObject({ delivered: 1 });
  });

  test("waits no more than its budget over all messages", async () => {
    await using discord = await fakeDiscord();
    const limited = { status: 429, headers: { "Retry-After": "20" } };
    discord.script(limited, { status: 200, body: { id: "1" } });
    discord.scriptForEver(limited);
    using database = outboxOf("one", "two");
    const clock = virtualClock(start);
    expect(await empty(database, discord, { clock })).toMatchObject({ delivered: 1, kept: 1 });
    expect(clock.slept).toEqual([22_000]);
  });

  test("of a thousand messages is emptied in a moment", async () => {
    using database = inMemory();
    const long = "x".repeat(4000);
    for (let report = 0; report < outboxBounds.rows; report++) enqueue(database, waitingReport(long), start);
    const begun = process.cpuUsage();
    await using discord = await fakeDiscord();
    const answer = () => Promise.resolve(new Response('{"id":"1"}'));
    expect(await empty(database, discord, { fetch: answer })).toMatchObject({ delivered: outboxBounds.rows });
    const { user, system } = process.cpuUsage(begun);
    expect((user + system) / 1000).toBeLessThan(3000);
  });
});

describe("a message that may have arrived", () => {
  test("says so in the next run, with an id that stays the same", async () => {
    await using discord = await fakeDiscord();
    discord.script({ accepted: "close" }, { accepted: "close" });
    using database = outboxOf("one");
    expect(await empty(database, discord)).toMatchObject({ delivered: 0, kept: 1 });
    expect(await empty(database, discord)).toMatchObject({ delivered: 1 });
    const [first, second, third] = discord.messages.map(footerOf);
    expect(first).toBe("server-metrics");
    expect(second).toMatch(/^server-metrics · may be a duplicate · #\w+$/);
    expect(third).toBe(second);
  });

  test("is one whose run was killed before the answer", async () => {
    await using discord = await fakeDiscord();
    using database = outboxOf("one");
    const killed = { ...virtualClock(start), sleep: () => Promise.reject(new Error("killed")) };
    discord.script({ accepted: "close" });
    expect(empty(database, discord, { clock: killed })).rejects.toThrow("killed");
    await empty(database, discord);
    expect(discord.messages.map(footerOf).at(-1)).toContain("may be a duplicate");
  });

  test("is not one that surely never left", async () => {
    const discord = await fakeDiscord();
    await discord[Symbol.asyncDispose]();
    using database = outboxOf("one");
    expect(await empty(database, discord)).toMatchObject({ reason: expect.stringContaining("connection refused") });
    expect(waiting(database)).toMatchObject([{ attempts: 3, ambiguous: 0 }]);
  });

  test.each<[string, ScriptedAnswer]>([
    ["is turned away", { status: 429, body: "error code: 1015" }],
    ["finds the webhook gone", { status: 404, body: { code: 10_015 } }],
  ])("stays one when the repeat %s", async (_, then) => {
    await using discord = await fakeDiscord();
    discord.script({ accepted: "close" }, then);
    using database = outboxOf("one");
    await empty(database, discord);
    expect(waiting(database)).toMatchObject([{ attempts: 2, ambiguous: 1 }]);
  });
});

describe("a webhook that is gone", () => {
  test.each([
    [401, 50_027],
    [404, 10_015],
  ])("by %d/%d costs one request, and none in later runs", async (status, code) => {
    await using discord = await fakeDiscord();
    discord.scriptForEver({ status, body: { message: "gone", code } });
    using database = outboxOf("one", "two");
    for (const _ of [1, 2, 3]) {
      expect(await empty(database, discord)).toMatchObject({ delivered: 0, kept: 2, webhookGone: true });
    }
    expect(discord.requests).toHaveLength(1);
  });

  test("is forgotten with the address: what was kept goes to the new one", async () => {
    await using old = await fakeDiscord();
    await using discord = await fakeDiscord();
    old.scriptForEver({ status: 404, body: { code: 10_015 } });
    using database = outboxOf("one");
    await empty(database, old);
    expect(await empty(database, discord)).toMatchObject({ delivered: 1 });
  });

  test("is remembered without its address", async () => {
    using directory = temporaryDirectory();
    await using discord = await fakeDiscord();
    discord.scriptForEver({ status: 404, body: { code: 10_015 } });
    const database = openFile(directory.path);
    enqueue(database, waitingReport("one"), start);
    await empty(database, discord);
    database.close();
    const bytes = readFileSync(join(directory.path, "state.db"), "latin1");
    for (const secret of [discord.token, "/webhooks/", discord.host]) expect(bytes).not.toContain(secret);
  });
});

describe("a message that Discord refuses", () => {
  const errors = { embeds: { 0: { title: { _errors: [{ code: "BASE_TYPE_MAX_LENGTH" }] } } } };
  const refusal = { status: 400, body: { code: 50_035, errors } };

  test("goes out as a plain one with the same title, is kept whole, and holds nobody up", async () => {
    await using discord = await fakeDiscord();
    discord.script(refusal);
    using database = outboxOf("one", "two");
    expect(await empty(database, discord)).toMatchObject({ delivered: 2, kept: 0, refused: 1 });
    expect(discord.messages.map(titleOf)).toEqual(["one", "two"]);
    expect(JSON.stringify(discord.messages[0])).toContain("embeds.0.title: BASE_TYPE_MAX_LENGTH");
    expect(deadLetters(database)).toMatchObject([{ kind: "report", body: JSON.stringify(card("one")) }]);
  });

  test("even as a plain one is dead", async () => {
    await using discord = await fakeDiscord();
    discord.script(refusal, { status: 413 });
    using database = outboxOf("one", "two");
    expect(await empty(database, discord)).toMatchObject({ delivered: 1, kept: 0, refused: 1 });
    expect(discord.messages.map(titleOf)).toEqual(["two"]);
    expect(deadLetters(database)).toMatchObject([{ body: JSON.stringify(card("one")) }]);
  });

  test("is one of at most 50 that are kept", async () => {
    await using discord = await fakeDiscord();
    discord.scriptForEver({ status: 413 });
    using database = outboxOf(...Array.from({ length: 80 }, (_, index) => `${index}`));
    await empty(database, discord);
    expect(deadLetters(database)).toHaveLength(50);
    expect(deadLetters(database)[0]?.id).toBe(31);
  });
});

/** The errors of code 50035, at one place. */
const refusedAt = (place: string) => ({ [place]: { _errors: [{ code: "X" }] } });

describe("parts are shed in order", () => {
  const named = (title: string) => ({ username: "web-1", ...card(title) });
  const refusal = (place: string) => ({ status: 400, body: { code: 50_035, errors: refusedAt(place) } });

  test("a name that is refused costs nothing but the name", async () => {
    await using discord = await fakeDiscord();
    discord.script(refusal("username"));
    using database = inMemory();
    enqueue(database, { kind: "report", body: named("one"), digest: null, picture: new Uint8Array(9) }, start);
    expect(await empty(database, discord)).toMatchObject({ delivered: 1, kept: 0, refused: 0 });
    expect(discord.requests.map(({ files }) => files.length)).toEqual([1, 1]);
    expect(discord.messages).toMatchObject([{ embeds: [{ title: "one" }] }]);
    expect(discord.messages[0]).not.toHaveProperty("username");
  });

  test("the picture, then the name, then all but the lines", async () => {
    await using discord = await fakeDiscord();
    discord.script(refusal("embeds"), refusal("embeds"), refusal("embeds"));
    using database = inMemory();
    enqueue(database, { kind: "report", body: named("one"), digest: null, picture: new Uint8Array(9) }, start);
    expect(await empty(database, discord)).toMatchObject({ delivered: 1, kept: 0, refused: 1 });
    const seen = discord.requests.map(({ files, json }) => [files.length, JSON.stringify(json).includes("username")]);
    expect(seen).toEqual([
      [1, true],
      [0, true],
      [0, false],
      [0, false],
    ]);
    expect(JSON.stringify(discord.messages)).toContain("Discord refused the full message");
  });

  test("the plain form of an alert keeps its mention and its lines", async () => {
    await using discord = await fakeDiscord();
    discord.script(refusal("embeds"));
    using database = inMemory();
    const user = "123456789012345678";
    const alert = {
      content: `<@${user}> disk full`,
      embeds: [{ title: "disk full", description: "disk / 96 %: critical, line 95 %", fields: [] }],
      allowed_mentions: { parse: [], users: [user] },
    };
    enqueue(database, { kind: "alert", body: alert, digest: null }, start);
    expect(await empty(database, discord)).toMatchObject({ delivered: 1, refused: 1 });
    const { content, allowed_mentions } = alert;
    expect(discord.messages).toMatchObject([{ content, allowed_mentions, embeds: [{ title: "disk full" }] }]);
    expect(JSON.stringify(discord.messages)).toContain("disk / 96 %: critical, line 95 %");
  });

  test("a live card is never overwritten by a plain text", async () => {
    await using discord = await fakeDiscord();
    using database = inMemory();
    enqueueLive(database, card("good"), null, start);
    await empty(database, discord);
    enqueueLive(database, card("bad"), null, start);
    discord.script(refusal("embeds"));
    expect(await empty(database, discord)).toMatchObject({ delivered: 0, kept: 0, refused: 1 });
    expect(discord.messages.map(titleOf)).toEqual(["good"]);
    enqueueLive(database, card("good again"), null, start);
    await empty(database, discord);
    expect(discord.messages.map(titleOf)).toEqual(["good again"]);
  });
});

describe("a message that is not taken for now", () => {
  const notNow = { status: 400, body: { code: 160_006, message: "Maximum number of active threads reached" } };
  const at = (minutes: number) => ({ clock: virtualClock(start + minutes * 60_000) });

  test("is kept, costs one request, and waits longer each time", async () => {
    await using discord = await fakeDiscord();
    discord.scriptForEver(notNow);
    using database = inMemory();
    enqueue(database, waitingAlert("alert"), start);
    const requestsAt = async (minutes: number) => {
      const before = discord.requests.length;
      const result = await empty(database, discord, at(minutes));
      expect(result).toMatchObject({ kept: 1, refused: 0, reason: expect.stringContaining("160006") });
      return discord.requests.length - before;
    };
    const minutes = Array.from({ length: 70 }, (_, minute) => minute);
    const tried: number[] = [];
    for (const minute of minutes) if ((await requestsAt(minute)) > 0) tried.push(minute);
    expect(tried).toEqual([0, 1, 3, 7, 15, 31, 61]);
    discord.scriptForEver();
    expect(await empty(database, discord, at(100))).toMatchObject({ delivered: 1, kept: 0 });
    expect(discord.messages.map(titleOf)).toEqual(["alert"]);
  });

  test("waits as long as Discord asks", async () => {
    await using discord = await fakeDiscord();
    discord.script({ status: 400, body: { code: 130_000, retry_after: 600 } });
    using database = outboxOf("one");
    await empty(database, discord);
    expect(await empty(database, discord, at(9))).toMatchObject({ delivered: 0 });
    expect(await empty(database, discord, at(10))).toMatchObject({ delivered: 1 });
  });

  test("holds up nothing of another kind", async () => {
    await using discord = await fakeDiscord();
    using database = inMemory();
    enqueueLive(database, card("live"), null, start);
    await empty(database, discord);
    enqueueLive(database, card("live again"), null, start);
    enqueue(database, waitingAlert("alert"), start);
    enqueue(database, waitingReport("digest of the day"), start);
    // The live card comes first of the two.
    discord.script({ status: 200, body: { id: "77" } }, { status: 404, body: { code: 404 } });
    expect(await empty(database, discord)).toMatchObject({ delivered: 2, kept: 1 });
    expect(discord.messages.map(titleOf)).toEqual(["live", "alert", "digest of the day"]);
  });

  test("keeps its place for three tries, and then the others of its kind pass", async () => {
    await using discord = await fakeDiscord();
    using database = inMemory();
    enqueue(database, waitingAlert("odd"), start);
    enqueue(database, waitingAlert("next"), start);
    for (const minutes of [0, 1]) {
      discord.script({ status: 400, body: { username: ["no code, as version 6 answers"] } });
      expect(await empty(database, discord, at(minutes))).toMatchObject({ delivered: 0, kept: 2 });
    }
    discord.script(notNow);
    expect(await empty(database, discord, at(3))).toMatchObject({ delivered: 1, kept: 1 });
    expect(discord.messages.map(titleOf)).toEqual(["next"]);
  });

  test("stands for at most three requests in a run", async () => {
    await using discord = await fakeDiscord();
    discord.scriptForEver(notNow);
    using database = inMemory();
    for (const title of ["one", "two", "three", "four", "five"]) enqueue(database, waitingAlert(title), start);
    database.run("UPDATE outbox SET attempts = 9");
    expect(await empty(database, discord)).toMatchObject({ kept: 5 });
    expect(discord.requests).toHaveLength(3);
  });

  test("is a message that the server fails at for the third run: then another kind is tried as well", async () => {
    await using discord = await fakeDiscord();
    using database = inMemory();
    enqueue(database, waitingAlert("odd"), start);
    enqueue(database, waitingReport("card"), start);
    for (const delivered of [0, 0, 0, 1]) {
      discord.script({ status: 500 }, { status: 500 });
      expect(await empty(database, discord)).toMatchObject({ delivered });
    }
    expect(discord.messages.map(titleOf)).toEqual(["card"]);
  });
});

test("the count of dropped reports ends with the digest that told it", async () => {
  await using discord = await fakeDiscord();
  using database = inMemory();
  setValue(database, "dropped_reports", "7");
  enqueue(database, waitingAlert("alert"), start);
  enqueue(database, { kind: "digest", body: card("7 dropped"), digest: null }, start);
  discord.script({ status: 200, body: { id: "1" } }, { status: 502 }, { status: 502 }, { status: 502 });
  await empty(database, discord);
  expect(getValue(database, "dropped_reports")).toBe("7");
  await empty(database, discord);
  expect(getValue(database, "dropped_reports")).toBeNull();
});

test("a disk that takes no more does not stop the news, but what cannot be crossed out is not sent twice", async () => {
  await using discord = await fakeDiscord();
  using database = outboxOf("one", "two");
  database.run("PRAGMA query_only = ON");
  const fault = expect.stringContaining("the file system or the file is read-only");
  expect(await empty(database, discord)).toMatchObject({ delivered: 1, kept: 1, fault });
  expect(discord.messages.map(titleOf)).toEqual(["one"]);
});

test("the end of the run's time keeps what is left", async () => {
  await using discord = await fakeDiscord();
  using database = outboxOf("one");
  const flushed = await empty(database, discord, { signal: AbortSignal.abort() });
  expect(flushed).toMatchObject({ delivered: 0, kept: 1, reason: "stopped: the time of this run was over" });
  expect(waiting(database)).toMatchObject([{ ambiguous: 0 }]);
});

describe("a picture", () => {
  const picture = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0xff, 0x00]);
  const fields = [{ name: "Disk", value: "96 %", inline: true }];
  const withPicture = (title: string) => {
    const [embed] = card(title).embeds;
    return { ...waitingReport(title), body: { ...card(title), embeds: [{ ...embed, fields }] }, picture };
  };
  const shown = {
    embeds: [{ image: { url: "attachment://chart.png" } }],
    attachments: [{ filename: "chart.png", size: picture.length }],
  };

  test("goes along with its message, and is shown in it", async () => {
    await using discord = await fakeDiscord();
    using database = inMemory();
    enqueue(database, withPicture("one"), start);
    expect(await empty(database, discord)).toMatchObject({ delivered: 1, kept: 0 });
    expect(discord.messages).toMatchObject([shown]);
    const [request] = discord.requests;
    expect(request?.headers.get("content-length")).toBe(String(request?.bytes.length));
    expect(await request?.files[0]?.bytes()).toEqual(picture);
  });

  test("goes along with the repeat, too", async () => {
    await using discord = await fakeDiscord();
    discord.script({ accepted: "reset" });
    using database = inMemory();
    enqueue(database, withPicture("one"), start);
    expect(await empty(database, discord)).toMatchObject({ delivered: 1 });
    expect(discord.messages).toMatchObject([shown, shown]);
    expect(footerOf(discord.messages[1])).toContain("may be a duplicate");
  });

  test.each([
    ["it is refused", { status: 400, body: { code: 50_035, errors: refusedAt("attachments") } }],
    ["this server takes no files", { status: 403, body: { code: 400_001 } }],
    ["a proxy finds it too large", { status: 413, body: "<html>nginx</html>" }],
    ["it is too large", { status: 413, body: { code: 40_005 } }],
  ])("is left behind when %s, so that the news goes out", async (_, answer) => {
    await using discord = await fakeDiscord();
    discord.script(answer);
    using database = inMemory();
    enqueue(database, withPicture("one"), start);
    expect(await empty(database, discord)).toMatchObject({ delivered: 1, kept: 0 });
    expect(discord.requests.map(({ files }) => files.length)).toEqual([1, 0]);
    expect(JSON.stringify(discord.messages)).not.toContain("attachment:");
    expect(titleOf(discord.messages[0])).toBe("one");
    expect(discord.messages).toMatchObject([{ embeds: [{ fields }] }]);
    expect(footerOf(discord.messages[0])).toStartWith("server-metrics · chart left out (4");
    expect(deadLetters(database)).toEqual([]);
  });

  test("of an edit takes the place of the last one, and an edit without one takes it off", async () => {
    await using discord = await fakeDiscord();
    using database = inMemory();
    for (const png of [picture, picture.slice(2), null]) {
      enqueueLive(database, card("live"), png, start);
      expect(await empty(database, discord)).toMatchObject({ delivered: 1 });
      const attachments = png === null ? [] : [{ filename: "chart.png", size: png.length }];
      expect(discord.messages).toMatchObject([{ attachments }]);
    }
    expect(discord.requests.map(({ method }) => method)).toEqual(["POST", "PATCH", "PATCH"]);
    expect(discord.requests.at(-1)?.json).toMatchObject({ attachments: [] });
  });

  test("an edit whose answer cannot be read is still an edit of the same message", async () => {
    await using discord = await fakeDiscord();
    using database = inMemory();
    for (const script of [[], [{ status: 204 }], []]) {
      discord.script(...script);
      enqueueLive(database, card("live"), null, start);
      await empty(database, discord);
    }
    expect(discord.requests.map(({ method }) => method)).toEqual(["POST", "PATCH", "PATCH"]);
  });
});
