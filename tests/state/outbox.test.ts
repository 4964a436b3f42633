import { expect, test } from "bun:test";

import { commit, type Run } from "../../lib/state/commit.ts";
import { Damaged } from "../../lib/state/fault.ts";
import { endComplaint, mayComplain, getValue } from "../../lib/state/keyValue.ts";
import {
  countAttempt,
  crossOut,
  enforceBounds,
  enqueue,
  outboxBounds,
  postpone,
  waiting,
} from "../../lib/state/outbox.ts";
import { readPast } from "../../lib/state/past.ts";
import {
  card,
  dayMs,
  hourMs,
  inMemory,
  minuteMs,
  number,
  runAt,
  start,
  titles,
  waitingAlert,
  waitingReport,
} from "../support/stateFile.ts";

test("of too many rows the oldest reports go, and never an alert", () => {
  using database = inMemory();
  enqueue(database, waitingAlert("the first alert"), start);
  for (let report = 0; report < outboxBounds.rows + 5; report++) enqueue(database, waitingReport(`${report}`), start);
  enqueue(database, waitingAlert("the last alert"), start);
  expect(enforceBounds(database)).toBe(7);
  expect(waiting(database)).toHaveLength(outboxBounds.rows);
  expect(titles(database).slice(0, 2)).toEqual(["the first alert", "7"]);
  expect(titles(database).at(-1)).toBe("the last alert");
});

test("of too many bytes the oldest reports go; letters beyond ASCII count as the bytes they are", () => {
  using database = inMemory();
  const long = "ü".repeat(50_000);
  for (let report = 0; report < 100; report++) enqueue(database, waitingReport(`${report} ${long}`), start);
  expect(enforceBounds(database)).toBe(59);
  const bytes = waiting(database).reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
  expect(bytes).toBeLessThan(outboxBounds.bytes);
  expect(titles(database)[0]).toStartWith("59 ");
});

test("a digest that goes counts as all of its reports", () => {
  using database = inMemory();
  const digest = { fromMs: 0, toMs: 0, reports: 140, perhapsDelivered: 0, numbers: {} };
  enqueue(database, { kind: "digest", body: card("digest"), digest }, start);
  for (let alert = 0; alert < outboxBounds.rows; alert++) enqueue(database, waitingAlert("alert"), start);
  expect(enforceBounds(database)).toBe(140);
});

test("alerts alone are never dropped", () => {
  using database = inMemory();
  for (let alert = 0; alert < outboxBounds.rows + 5; alert++) enqueue(database, waitingAlert("alert"), start);
  expect(enforceBounds(database)).toBe(0);
});

test("reports wait side by side up to the third; with the fourth the earlier ones become one digest", () => {
  using database = inMemory();
  for (const run of [1, 2, 3]) commit(database, runAt(start + run * minuteMs, `card ${run}`));
  expect(titles(database)).toEqual(["card 1", "card 2", "card 3"]);
  commit(database, runAt(start + 4 * minuteMs, "card 4"));
  expect(titles(database)).toEqual(["3 reports, 0 dropped", "card 4"]);
  commit(database, runAt(start + 5 * minuteMs, "card 5"));
  expect(titles(database)).toEqual(["4 reports, 0 dropped", "card 5"]);
});

test("three days without a network end as the alerts, one digest and the present report", () => {
  using database = inMemory();
  for (let run = 1; run <= 144; run++) {
    const alert = run % 50 === 0 ? card(`alert ${run}`) : null;
    commit(database, { ...runAt(start + run * 30 * minuteMs, `card ${run}`), alert });
  }
  expect(titles(database)).toEqual(["alert 50", "alert 100", "143 reports, 0 dropped", "card 144"]);
  const digest = JSON.parse(waiting(database)[2]?.digest ?? "");
  expect(digest).toMatchObject({ reports: 143, fromMs: start + 30 * minuteMs, toMs: start + 143 * 30 * minuteMs });
});

test.each<[string, Partial<Run>]>([
  ["what is folded into a digest", {}],
  ["a live card in the place of another", { liveDay: "2026-08-01" }],
])("%s is sent no sooner than Discord asked", (_, kind) => {
  using database = inMemory();
  for (const run of [1, 2, 3]) commit(database, { ...runAt(start + run * minuteMs), ...kind });
  const marks = { reason: "429: this machine is blocked by Cloudflare", ambiguous: false };
  postpone(database, waiting(database)[0]?.id ?? 0, { ...marks, notBeforeMs: start + hourMs });
  commit(database, { ...runAt(start + 4 * minuteMs), ...kind });
  expect(waiting(database)[0]).toMatchObject({ reason: marks.reason, not_before: start + hourMs });
});

test("a digest whose sending is doubtful makes all of its reports doubtful", () => {
  using database = inMemory();
  for (const run of [1, 2, 3, 4]) commit(database, runAt(start + run * minuteMs));
  const [digest] = waiting(database);
  countAttempt(database, digest?.id ?? 0);
  commit(database, runAt(start + 5 * minuteMs));
  expect(JSON.parse(waiting(database)[0]?.digest ?? "")).toMatchObject({ reports: 4, perhapsDelivered: 3 });
});

test("an attempt is in doubt from its beginning until it is known how it ended", () => {
  using database = inMemory();
  const id = enqueue(database, waitingReport("card"), start);
  countAttempt(database, id);
  expect(waiting(database)[0]).toMatchObject({ attempts: 1, ambiguous: 1 });
  postpone(database, id, { reason: "refused", notBeforeMs: 0, ambiguous: false });
  expect(waiting(database)[0]).toMatchObject({ attempts: 1, ambiguous: 0, reason: "refused" });
});

test("a run is written whole or not at all", () => {
  using database = inMemory();
  const broken = {
    ...runAt(start, "card", [number("memory_used_percent", 40)]),
    get card(): unknown {
      throw new Error("oops");
    },
  };
  expect(() => commit(database, broken)).toThrow("oops");
  expect(getValue(database, "snapshot")).toBeNull();
  expect(waiting(database)).toEqual([]);
});

test("a failure is said when it begins and once a day while it lasts", () => {
  using database = inMemory();
  const said = [0, hourMs, 23 * hourMs, dayMs, dayMs + hourMs].map((ms) => mayComplain(database, start + ms));
  expect(said).toEqual([true, false, false, true, false]);
  endComplaint(database);
  expect(mayComplain(database, start + dayMs + 2 * hourMs)).toBe(true);
});

test("a clock that was set back does not silence a failure", () => {
  using database = inMemory();
  expect(mayComplain(database, start)).toBe(true);
  expect(mayComplain(database, start - 40 * dayMs)).toBe(true);
});

test("a picture counts among the bytes that are kept", () => {
  using database = inMemory();
  const picture = new Uint8Array(60_000);
  for (let report = 0; report < 80; report++) enqueue(database, { ...waitingReport(`${report}`), picture }, start);
  const dropped = enforceBounds(database);
  expect(dropped).toBeGreaterThan(5);
  expect(waiting(database)).toHaveLength(80 - dropped);
});

test("the chart of a card waits with it, and when its day ends is remembered", () => {
  using database = inMemory();
  const png = new Uint8Array([1, 2, 3]);
  commit(database, { ...runAt(start), chart: { png, untilMs: start } });
  commit(database, runAt(start + minuteMs));
  expect(waiting(database).map(({ picture }) => picture)).toEqual([png, null]);
  expect(getValue(database, "chart_until")).toBe(String(start));
});

test("reports that are folded leave their charts behind", () => {
  using database = inMemory();
  const chart = { png: new Uint8Array(1000), untilMs: start };
  for (let run = 0; run < 5; run += 1) commit(database, { ...runAt(start + run * minuteMs), chart });
  expect(
    waiting(database)
      .filter(({ kind }) => kind === "digest")
      .map(({ picture }) => picture),
  ).toEqual([null]);
});

test("a report of which no digest can tell is not folded away", () => {
  using database = inMemory();
  for (const run of [1, 2, 3]) commit(database, runAt(start + run * minuteMs, `card ${run}`));
  database.run("UPDATE outbox SET digest = '{' WHERE id = 1");
  for (const run of [4, 5]) commit(database, runAt(start + run * minuteMs, `card ${run}`));
  expect(titles(database)).toEqual(["card 1", "3 reports, 0 dropped", "card 5"]);
});

test("a message whose row is not found is no success", () => {
  using database = inMemory();
  expect(() => crossOut(database, 7)).toThrow(Damaged);
  expect(() => countAttempt(database, 7)).toThrow(Damaged);
  expect(() => postpone(database, 7, { reason: "", notBeforeMs: 0, ambiguous: false })).toThrow(Damaged);
});

test("the snapshot of a card is kept once, and stays when the next runs post none", () => {
  using database = inMemory();
  commit(database, runAt(start));
  expect(readPast(database).lastCard?.takenAtMs).toBe(start);
  commit(database, { ...runAt(start + minuteMs), card: null });
  commit(database, { ...runAt(start + 2 * minuteMs), card: null });
  expect(readPast(database).lastCard?.takenAtMs).toBe(start);
  expect(readPast(database).lastRun?.takenAtMs).toBe(start + 2 * minuteMs);
});
