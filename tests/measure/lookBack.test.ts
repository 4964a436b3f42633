import { describe, expect, test } from "bun:test";

import { draw } from "../../lib/commands/report/draw.ts";
import { lookBack } from "../../lib/measure/lookBack.ts";
import { chartOf } from "../../lib/past/chart.ts";
import { noPast } from "../../lib/state/past.ts";
import { days } from "../support/day.ts";
import { readings } from "../support/readings.ts";
import { testWorld } from "../support/testWorld.ts";
import { known } from "../support/known.ts";

const [fromMs, nowMs] = days.ordinary.span;
const hourMs = 3_600_000;
const settings = {
  chart: "auto",
  digest: null,
  layout: "card",
  mode: "post",
  timezone: "Asia/Tokyo",
  units: "iec",
} as const;
const tonightMs = nowMs + 3 * hourMs;
const card = { wantsCard: true, cardsUrl: "https://discord/1/a" } as const;

type Settings = Parameters<typeof lookBack>[0];

const now = {
  snapshot: { takenAtMs: nowMs, readings: readings({}) },
  observations: [],
  incidents: [],
  changes: [],
  assessment: { alerts: [] },
};
const remembered = (chartUntilMs: number | null, hours = 24) => ({
  ...noPast,
  chartUntilMs,
  digestDays: ["2026-07-31"],
  charted: () => days.ordinary.runs.filter(({ atMs }) => atMs >= nowMs - hours * hourMs),
});

/** Is there a chart, of a machine that was looked at for so many hours? */
function isDue(more: Partial<Settings>, chartUntilMs: number | null, hours = 24): boolean {
  return lookBack({ ...settings, ...more }, remembered(chartUntilMs, hours), now, card).chart !== null;
}

describe("a chart belongs", () => {
  test("to the first card of a day", () => {
    expect(isDue({}, null)).toBe(true);
    expect(isDue({}, nowMs)).toBe(true);
    expect(isDue({}, tonightMs)).toBe(false);
  });

  test("to the next card when the clock was set back by more than a day", () => {
    expect(isDue({}, nowMs + 27 * hourMs)).toBe(true);
  });

  test("to each state of the live card", () => {
    expect(isDue({ mode: "live" }, tonightMs)).toBe(true);
  });

  test("to every card, or to none, if so set", () => {
    expect(isDue({ chart: "always" }, tonightMs)).toBe(true);
    expect(isDue({ chart: "never" }, null)).toBe(false);
    expect(isDue({ chart: "never", mode: "live" }, null)).toBe(false);
  });

  test("not to the classic layout, which is the original's message, unless it is asked for", () => {
    expect(isDue({ layout: "classic" }, null)).toBe(false);
    expect(isDue({ layout: "classic", mode: "live" }, null)).toBe(false);
    expect(isDue({ layout: "classic", chart: "always" }, null)).toBe(true);
  });

  test("to no card before there is something to see; the only one of a day waits for more", () => {
    expect(isDue({ mode: "live" }, null, -1)).toBe(false);
    expect(isDue({ mode: "live" }, null, 0.5)).toBe(true);
    expect(isDue({}, null, 5.5)).toBe(false);
    expect(isDue({}, null, 6)).toBe(true);
  });
});

test("the run of the card is in its chart", () => {
  const observations = known([{ name: "memory_used_percent", labels: {}, value: 99 }]);
  const { chart } = lookBack(settings, remembered(null), { ...now, observations }, card);
  expect(chart?.shares.find(({ name }) => name === "memory")?.points.at(-1)).toEqual({ atMs: nowMs, value: 99 });
  expect(chart?.span).toEqual([fromMs, nowMs]);
});

test("a run that posts no card looks back only when it is the turn of the digest, which has a chart in any case", () => {
  const only = (more: Partial<Settings>) =>
    lookBack({ ...settings, ...more }, remembered(tonightMs), now, { ...card, wantsCard: false });
  expect(only({})).toMatchObject({ chart: null, digestChart: null, daily: null, turn: null });
  expect(only({ digest: "23:00" })).toMatchObject({ chart: null, daily: null, turn: { isDue: false } });
  const due = only({ digest: "21:00" });
  expect(due).toMatchObject({ chart: null, daily: { runs: 1, days: null }, turn: { isDue: true } });
  expect(due.digestChart?.span).toEqual([fromMs, nowMs]);
  expect(only({ digest: "21:00", chart: "never" }).digestChart).toBeNull();
});

describe("a live card keeps its picture", () => {
  const live = { ...settings, mode: "live" } as const;
  const first = lookBack(live, remembered(null), now, card).shown;
  const after = (more: Partial<Parameters<typeof lookBack>[2]>, ms = 10 * 60_000, shown = first) => {
    const later = { ...now, ...more, snapshot: { ...now.snapshot, takenAtMs: nowMs + ms } };
    const past = { ...remembered(null), livePicture: () => (shown === null ? null : { id: "7", shown }) };
    const { chart, keptPicture } = lookBack(live, past, later, card);
    return { isDrawn: chart !== null, keptPicture };
  };
  const drawn = { isDrawn: true, keptPicture: null };
  const kept = { isDrawn: false, keptPicture: "7" };

  test("for some time, and not when nobody knows what became of it", () => {
    expect(after({})).toEqual(kept);
    expect(after({}, 125 * 60_000)).toEqual(drawn);
    expect(after({}, 10 * 60_000, null)).toEqual(drawn);
  });

  test("not when something is wrong that it does not show, or not wrong any more", () => {
    const alert = { rule: "memory", key: "memory_used_percent", severity: "critical" } as const;
    const assessment = { alerts: [alert] };
    expect(after({ assessment })).toEqual(drawn);
    const shown = lookBack(live, remembered(null), { ...now, assessment }, card).shown;
    expect(after({ assessment }, 0, shown)).toEqual(kept);
    expect(after({}, 0, shown)).toEqual(drawn);
    const worse = { alerts: [{ ...alert, severity: "warning" as const }] };
    expect(after({ assessment: worse }, 0, shown)).toEqual(drawn);
  });

  test("not when an incident has another end than in it", () => {
    const incident = { target: "a", severity: "warning", rule: "memory", labels: {}, value: 91 } as const;
    const open = [{ ...incident, fromMs: nowMs - hourMs, toMs: null }];
    const { shown } = lookBack(live, remembered(null), { ...now, incidents: open }, card);
    expect(after({ incidents: open }, 0, shown)).toEqual(kept);
    expect(after({ incidents: [{ ...incident, fromMs: nowMs - hourMs, toMs: nowMs }] }, 0, shown)).toEqual(drawn);
  });

  test("not when one of its numbers is far from that of the card", () => {
    const used = (value: number) => ({ observations: known([{ name: "memory_used_percent", labels: {}, value }]) });
    const { shown } = lookBack(live, remembered(null), { ...now, ...used(40) }, card);
    expect(after(used(49), 0, shown)).toEqual(kept);
    expect(after(used(50), 0, shown)).toEqual(drawn);
    expect(after({}, 0, shown)).toEqual(drawn);
  });
});

test("a weekly review has seven days, each with the worst of it, and their chart; the card keeps its own", () => {
  const more = { digest: "saturday 20:00", mode: "live" } as const;
  const labels = { mount: "/" };
  const incident = { target: "a", severity: "warning", rule: "storage_used", labels, value: 88 } as const;
  const incidents = [{ ...incident, fromMs: nowMs - 50 * hourMs, toMs: nowMs - 49 * hourMs }];
  const due = lookBack({ ...settings, ...more }, remembered(tonightMs), { ...now, incidents }, card);
  expect(due.daily?.days?.map(({ state }) => state)).toEqual([...Array(4).fill("none"), "none", "none", "well"]);
  expect(due.daily?.incidents).toHaveLength(1);
  expect(due.chart?.span).toEqual([fromMs, nowMs]);
  expect(due.digestChart?.span).toEqual([Date.parse("2026-07-25T15:00Z"), nowMs]);
});

const ordinary = chartOf(days.ordinary, settings);

test("a chart is drawn", async () => {
  expect(new TextDecoder().decode((await draw(testWorld(), ordinary)) ?? undefined)).toStartWith("<svg");
  expect(await draw(testWorld(), null)).toBeNull();
});

test("a card goes without a chart that cannot be drawn; on a terminal it says so", async () => {
  const rasterise = () => Promise.reject(new Error("the drawing process ended with status 137"));
  const world = testWorld({ rasterise });
  expect(await draw(world, ordinary)).toBeNull();
  expect(world.said.errors).toEqual([]);
  const seen = testWorld({ rasterise });
  expect(await draw({ ...seen, output: { ...seen.output, isTerminal: true } }, ordinary)).toBeNull();
  expect(seen.said.errors).toEqual(["the card goes without a chart: the drawing process ended with status 137"]);
});
