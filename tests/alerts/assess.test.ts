import { expect, test } from "bun:test";

import { type AssessInput, assess } from "../../lib/alerts/assess.ts";
import type { RuleName } from "../../lib/alerts/rules.ts";
import type { Observation } from "../../lib/model/observation.ts";
import { activeRule } from "../../lib/settings/alerts.ts";
import { known } from "../support/known.ts";

const minute = 60_000;

type Settings = Parameters<typeof activeRule>[1];

/** Runs half an hour apart, each with its observations; says what each of them announced. */
function runs(
  all: readonly (readonly Observation[])[],
  settings: Settings = {},
  reminders = { warning: 0, critical: 0 },
) {
  let before: AssessInput["before"] = {};
  return all.map((observations, index) => {
    const assessment = assess({
      observations: known(observations),
      ruleOf: (name: RuleName) => activeRule(name, settings),
      before,
      reminders,
      nowMs: index * 30 * minute,
    });
    before = assessment.states;
    return assessment;
  });
}

const disk = (value: number, mount = "/") => [
  { name: "storage_pressing_percent", labels: { mount }, value },
  { name: "storage_used_percent", labels: { mount }, value: value - 1 },
];
const memory = (value: number) => [{ name: "memory_available_percent", labels: {}, value }];
const announced = (all: ReturnType<typeof runs>) =>
  all.map(({ transitions }) => transitions.map(({ kind }) => kind).join("+"));

test.each([
  [84.99, null],
  [85, "warning"],
  [94.99, "warning"],
  [95, "critical"],
  [100, "critical"],
])("a disk that is %d percent full is %p", (value, severity) => {
  const alerts = runs([disk(value)])[0]?.alerts ?? [];
  expect(alerts[0]?.severity ?? null).toBe(severity as "warning" | "critical" | null);
});

test.each([
  [10.01, null],
  [10, "warning"],
  [5, "critical"],
  [0, "critical"],
])("memory of which %d percent are available is %p", (value, severity) => {
  const alerts = runs([memory(value)])[0]?.alerts ?? [];
  expect(alerts[0]?.severity ?? null).toBe(severity as "warning" | "critical" | null);
});

test("a disk is announced at once, memory after two runs in a row", () => {
  expect(announced(runs([disk(90), disk(90)]))).toEqual(["raised", ""]);
  expect(announced(runs([memory(8), memory(8), memory(8)]))).toEqual(["", "raised", ""]);
  expect(announced(runs([memory(8), memory(40), memory(40), memory(8)]))).toEqual(["", "", "", ""]);
});

test("it is over after two runs beyond the clear line, not at the line that raised it", () => {
  expect(announced(runs([disk(86), disk(84), disk(81), disk(80), disk(79)]))).toEqual([
    "raised",
    "",
    "",
    "",
    "recovered",
  ]);
});

test("worse and better are said, each once", () => {
  const values = [86, 86, 86, 86, 86, 96, 96, 89, 89, 89];
  const said = announced(runs(values.map((value) => disk(value))));
  expect(said).toEqual(["raised", "", "", "", "", "worse", "", "", "better", ""]);
});

test("the third time in a week is said to come again and again, once, and then nothing", () => {
  const values = [90, 70, 70, 90, 70, 70, 90, 70, 70, 90, 70, 70];
  const said = announced(runs(values.map((value) => disk(value))));
  expect(said).toEqual(["raised", "", "recovered", "raised", "", "recovered", "flapping", "", "", "", "", ""]);
});

test("what lasts is said again when it is time, after twice as long each time, up to a week", () => {
  const remindedAt = (looks: number, firstMs: number) => {
    const lasting = Array.from({ length: looks }, () => disk(90));
    const said = announced(runs(lasting, {}, { warning: firstMs, critical: 0 }));
    return said.flatMap((kind, run) => (kind === "reminder" ? [run / 2] : []));
  };
  expect(remindedAt(40, 60 * minute)).toEqual([1, 3, 7, 15]);
  expect(remindedAt(48 * 30, 24 * 60 * minute)).toEqual([1, 3, 7, 14, 21, 28].map((days) => days * 24));
});

test("reminders that are due within a day come in one message", () => {
  const other = (look: number) => disk(look < 20 ? 50 : 90, "/srv");
  const all = Array.from({ length: 48 * 15 }, (_, look) => [...disk(90), ...other(look)]);
  const said = announced(runs(all, {}, { warning: 24 * 60 * minute, critical: 0 }));
  const reminded = said.filter((kinds) => kinds.includes("reminder"));
  expect(reminded).toEqual(["reminder+reminder", "reminder+reminder", "reminder+reminder", "reminder+reminder"]);
});

test("the number that is told may be another than the one that is judged", () => {
  expect(runs([disk(90)])[0]?.transitions[0]).toMatchObject({ value: 89, threshold: null, from: null, to: "warning" });
});

test("each set of labels is a target of its own; the worst comes first", () => {
  const [assessment] = runs([[...disk(87, "/"), ...disk(99, "/srv"), ...disk(10, "/tmp")]]);
  expect(assessment?.alerts.map(({ labels, severity }) => [labels["mount"], severity])).toEqual([
    ["/srv", "critical"],
    ["/", "warning"],
  ]);
});

test("a disk that was read-only from the first is meant to be so; one that becomes it is news", () => {
  const readOnly = (value: number) => [{ name: "storage_read_only", labels: { mount: "/" }, value }];
  expect(announced(runs([readOnly(1), readOnly(1)]))).toEqual(["", ""]);
  expect(announced(runs([readOnly(0), readOnly(1)]))).toEqual(["", "raised"]);
});

test("a rule that is switched off judges nothing, and lines can be moved", () => {
  expect(runs([disk(99)], { storage_used: false })[0]?.alerts).toEqual([]);
  expect(runs([disk(90)], { storage_used: { warning: 92 } })[0]?.alerts).toEqual([]);
});

test("what was not observed raises nothing, and neither does what is no number", () => {
  expect(runs([[]])[0]?.alerts).toEqual([]);
  expect(runs([disk(Number.NaN)])[0]?.alerts).toEqual([]);
});

test("a target that is gone for a run keeps its state", () => {
  expect(announced(runs([disk(90), [], disk(90)]))).toEqual(["raised", "", ""]);
});

test("what is bad and was not observed now is still told, with when it was last seen; what is over is not", () => {
  const lastSeen = (all: ReturnType<typeof runs>) =>
    all.map(({ alerts }) => alerts.map(({ value, severity, lastSeenMs }) => [value, severity, lastSeenMs]));
  const seenAt = (run: number) => run * 30 * minute;
  expect(lastSeen(runs([disk(97), [], [], disk(97)]))).toEqual([
    [[96, "critical", null]],
    [[96, "critical", seenAt(0)]],
    [[96, "critical", seenAt(0)]],
    [[96, "critical", null]],
  ]);
  expect(lastSeen(runs([disk(97), disk(40), disk(40), []])).at(-1)).toEqual([]);
  expect(lastSeen(runs([disk(97), disk(40), []])).at(-1)).toEqual([[39, "critical", seenAt(1)]]);
});

test("what is off, or for a target that is off, is not awaited either; after a week nothing is", () => {
  const [first] = runs([disk(97)]);
  const later = (hours: number, settings: Settings) =>
    assess({
      observations: [],
      ruleOf: (name: RuleName) => activeRule(name, settings),
      before: first?.states ?? {},
      reminders: { warning: 0, critical: 0 },
      nowMs: hours * 60 * minute,
    }).alerts;
  expect(later(1, {})).toHaveLength(1);
  expect(later(1, { storage_used: false })).toEqual([]);
  expect(later(1, { storage_used: { targets: { "/": false } } })).toEqual([]);
  expect(later(7 * 24, {})).toEqual([]);
});

const failed = (...units: readonly string[]) => [
  { name: "units_failed", labels: {}, value: units.length },
  ...units.map((unit) => ({ name: "unit_failed", labels: { unit }, value: 1 })),
];
const service = (unit: string, active: number) => [{ name: "service_active", labels: { unit }, value: active }];
const told = (all: ReturnType<typeof runs>) =>
  all.map(({ transitions }) => transitions.map(({ kind, rule, labels }) => `${kind} ${rule} ${labels["unit"]}`));

test("a service that failed is told by its name, and that it no longer is when the others were looked at", () => {
  expect(told(runs([failed("a"), failed("a", "b"), failed("b"), [], failed("b"), failed("b")]))).toEqual([
    ["raised units a"],
    ["raised units b"],
    [],
    [],
    ["recovered units a"],
    [],
  ]);
});

test("a watched service that failed is told once, as not running; also on the card", () => {
  const down = [...service("a", 0), ...failed("a")];
  const well = [...service("a", 1), ...failed()];
  const all = runs([well, down, down, well, well, well]);
  expect(told(all)).toEqual([[], ["raised service_down a"], [], [], ["recovered service_down a"], []]);
  expect(all[1]?.alerts.map(({ rule }) => rule)).toEqual(["service_down"]);
});

test("between the first good run and the one that makes sure, an alert is easing", () => {
  const all = runs([1, 0, 1, 1].map((active) => service("a", active)));
  expect(all.map(({ alerts }) => alerts.map(({ easing }) => easing))).toEqual([[], [false], [true], []]);
});

test("between the lines nothing eases, however long it stays there", () => {
  const all = runs([86, 84, 84, 79, 79].map((percent) => disk(percent)));
  expect(all.map(({ alerts }) => alerts.map(({ easing }) => easing))).toEqual([[false], [false], [false], [true], []]);
});

test("a rule that is switched off silences no other", () => {
  const observations = known([...service("a", 0), ...failed("a")]);
  const before = runs([observations])[0]?.states ?? {};
  const later = (settings: Settings) => {
    const ruleOf = (name: RuleName) => activeRule(name, settings);
    return assess({ observations, ruleOf, before, reminders: { warning: 0, critical: 0 }, nowMs: 30 * minute });
  };
  expect(told([later({})])).toEqual([[]]);
  expect(told([later({ service_down: false })])).toEqual([["raised units a"]]);
  expect(told([later({ service_down: { targets: { a: false } } })])).toEqual([["raised units a"]]);
});

const cpus = (busy: number, load: number) => [
  { name: "cpu_cores", labels: {}, value: 2 },
  { name: "cpu_busy_percent", labels: { window: "report" }, value: busy },
  { name: "load_15m_per_core", labels: {}, value: load },
];
const rulesTold = (all: ReturnType<typeof runs>) =>
  all.map(({ transitions }) => transitions.map(({ kind, rule }) => `${kind} ${rule}`));

test("the load says nothing while busy CPUs say it, nor while it lags behind them", () => {
  const burst = [cpus(97, 3), cpus(97, 3), cpus(10, 3), cpus(10, 2.5), cpus(10, 1), cpus(10, 1)];
  expect(rulesTold(runs(burst))).toEqual([[], ["raised cpu_busy"], [], ["recovered cpu_busy"], [], []]);
  // Of its own, long after.
  const stuck = [...burst, ...Array.from({ length: 4 }, () => cpus(10, 3))];
  expect(rulesTold(runs(stuck)).flat()).toEqual(["raised cpu_busy", "recovered cpu_busy", "raised load"]);
});

test("one incident is over once, however many rules told of it, and its next time is news again", () => {
  const soon = (hours: number, used: number) => [
    { name: "storage_full_in_hours", labels: { mount: "/" }, value: hours },
    { name: "storage_pressing_percent", labels: { mount: "/" }, value: used },
    { name: "storage_used_percent", labels: { mount: "/" }, value: used },
  ];
  const fills = [...Array.from({ length: 12 }, () => soon(20, 84)), soon(3, 96)];
  // The forecast lags behind: it looks at the last hours.
  const emptied = [soon(3, 50), soon(3, 50), soon(700, 50), soon(700, 50), soon(700, 50)];
  const all = runs([...fills, ...emptied, ...fills]);
  const once = ["raised storage_full_soon", "raised storage_used"];
  expect(rulesTold(all).flat()).toEqual([...once, "recovered storage_used", ...once]);
});

test("what was told of an incident after another was over gets an end of its own", () => {
  const soon = (hours: number, used: number) => [
    { name: "storage_full_in_hours", labels: { mount: "/" }, value: hours },
    { name: "storage_pressing_percent", labels: { mount: "/" }, value: used },
    { name: "storage_used_percent", labels: { mount: "/" }, value: used },
  ];
  const fills = [...Array.from({ length: 12 }, () => soon(20, 84)), soon(3, 96)];
  const isMended = [soon(20, 65), soon(20, 65)];
  const fillsAgain = [soon(2, 84), soon(2, 84), soon(700, 84), soon(700, 84)];
  expect(rulesTold(runs([...fills, ...isMended, ...fillsAgain])).flat()).toEqual([
    "raised storage_full_soon",
    "raised storage_used",
    "recovered storage_used",
    "worse storage_full_soon",
    "recovered storage_full_soon",
  ]);
});

test("a forecast that comes to nothing is told to be over by itself", () => {
  const soon = (hours: number) => [
    { name: "storage_full_in_hours", labels: { mount: "/" }, value: hours },
    { name: "storage_pressing_percent", labels: { mount: "/" }, value: 84 },
    { name: "storage_used_percent", labels: { mount: "/" }, value: 84 },
  ];
  const lasting = Array.from({ length: 11 }, () => soon(20));
  const said = rulesTold(runs([...lasting, soon(700), soon(700)]));
  expect(said.slice(9)).toEqual([[], ["raised storage_full_soon"], [], ["recovered storage_full_soon"]]);
});

test("a forecast is told when it has held for a quarter of its own length, or the disk is full enough by now", () => {
  const soon = (hours: number, used: number) => [
    { name: "storage_full_in_hours", labels: { mount: "/" }, value: hours },
    { name: "storage_pressing_percent", labels: { mount: "/" }, value: used },
    { name: "storage_used_percent", labels: { mount: "/" }, value: used },
  ];
  const first = (all: ReturnType<typeof runs>) =>
    rulesTold(all).findIndex((said) => said.includes("raised storage_full_soon"));
  const lasting = (hours: number, used: number) => runs(Array.from({ length: 20 }, () => soon(hours, used)));
  expect([20, 8, 3].map((hours) => first(lasting(hours, 81)))).toEqual([10, 4, 2]);
  // In the card it is from the first.
  expect(lasting(20, 81)[0]?.alerts).toMatchObject([{ rule: "storage_full_soon", sinceMs: null }]);
  expect(rulesTold(lasting(3, 86)).slice(0, 2)).toEqual([["raised storage_used"], ["raised storage_full_soon"]]);
});

test("a forecast counts only from its level on, and what it raised does not end by sinking below that of critical", () => {
  const soon = (hours: number, used: number) => [
    { name: "storage_full_in_hours", labels: { mount: "/" }, value: hours },
    { name: "storage_used_percent", labels: { mount: "/" }, value: used },
  ];
  expect(announced(runs([soon(2, 59), soon(2, 59), soon(2, 59)]))).toEqual(["", "", ""]);
  const severities = (all: ReturnType<typeof runs>) => all.map(({ transitions }) => transitions[0]?.to);
  expect(severities(runs([soon(2, 61), soon(2, 61), soon(2, 81), soon(2, 81)]))).toEqual([
    undefined,
    "warning",
    undefined,
    "critical",
  ]);
  expect(announced(runs([soon(2, 81), soon(2, 81), soon(2, 79), soon(2, 79)]))).toEqual(["", "raised", "", ""]);
  const settings = { storage_full_soon: { warning_used: 40 } };
  expect(announced(runs([soon(2, 45), soon(2, 45)], settings))).toEqual(["", "raised"]);
});

test("so many runs to be over as are set", () => {
  const values = [90, 70, 70, 70, 70].map((value) => disk(value));
  expect(announced(runs(values, { storage_used: { clear_runs: 1 } })).indexOf("recovered")).toBe(1);
  expect(announced(runs(values, { storage_used: { clear_runs: 4 } })).indexOf("recovered")).toBe(4);
});

test("what was over before the clock was set back does not silence for longer", () => {
  const movedMs = -9 * 24 * 60 * minute;
  const all = [cpus(97, 1), cpus(97, 1), cpus(10, 1), cpus(10, 1), ...Array.from({ length: 5 }, () => cpus(10, 3))];
  let before: AssessInput["before"] = {};
  const said = all.map((observations, index) => {
    const nowMs = (100 * 24 * 60 + index * 30) * minute + (index < 4 ? 0 : movedMs);
    const ruleOf = (name: RuleName) => activeRule(name, {});
    const clockMovedMs = index === 4 ? movedMs : 0;
    const reminders = { warning: 0, critical: 0 };
    const { states, transitions } = assess({
      observations: known(observations),
      ruleOf,
      before,
      reminders,
      nowMs,
      clockMovedMs,
    });
    before = states;
    return transitions.map(({ kind, rule }) => `${kind} ${rule}`);
  });
  expect(said.flat()).toEqual(["raised cpu_busy", "recovered cpu_busy", "raised load"]);
});

test.each([
  ["forward", 40 * 24 * 60],
  ["back", -40 * 24 * 60],
])("a clock that is moved %s ends no incident, forgets none, and reminds of none too early", (_, movedMinutes) => {
  const reminders = { warning: 60 * minute, critical: 0 };
  const ruleOf = (name: RuleName) => activeRule(name, {});
  const startMs = 100 * 24 * 60 * minute;
  const [raised, again, over] = [
    { nowMs: startMs, clockMovedMs: 0, observations: disk(90) },
    { nowMs: startMs + (30 + movedMinutes) * minute, clockMovedMs: movedMinutes * minute, observations: disk(90) },
    { nowMs: startMs + (50 + movedMinutes) * minute, clockMovedMs: 0, observations: disk(40) },
  ];
  let before: AssessInput["before"] = {};
  const said = [raised, again, over, { ...over, nowMs: over.nowMs + minute }].map((run) => {
    const assessment = assess({ ...run, observations: known(run.observations), ruleOf, before, reminders });
    before = assessment.states;
    return assessment.transitions;
  });
  expect(said.map((transitions) => transitions.map(({ kind }) => kind))).toEqual([["raised"], [], [], ["recovered"]]);
  const [recovery] = said[3] ?? [];
  expect((recovery?.untilMs ?? 0) - (recovery?.sinceMs ?? 0)).toBe(51 * minute);
});
