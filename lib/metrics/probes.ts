import * as v from "valibot";

import { type Host, Unavailable } from "../model/host.ts";
import { defineMetric, type Moment, type Row, type Wording } from "../model/metric.ts";
import { gauge, type Labels, observationKey } from "../model/observation.ts";
import { type Limits, ProbeFinding, type ProbeNumber } from "../model/probe.ts";
import type { MetricSettings } from "../model/settings.ts";
import { stateOf } from "../probe/limit.ts";
import { measuredText } from "../probe/measured.ts";

const schema = v.array(
  v.object({
    ...ProbeFinding.entries,
    /** When it was asked, milliseconds since the epoch, with which settings. */
    askedMs: v.number(),
    fingerprint: v.string(),
  }),
);

/** What the checks of the settings found. Source: their programs, pages and files. */
export type Probes = v.InferOutput<typeof schema>;
type Found = Probes[number];

async function collectProbes(host: Host, { probes: all }: MetricSettings, moment?: Moment<Probes>): Promise<Probes> {
  if (all.length === 0) throw new Unavailable("none configured");
  const { askAll } = await import("../probe/ask.ts");
  return askAll(host, all, moment);
}

const labelsOf = ({ probe }: Found, { label, uom }: ProbeNumber, index: number): Labels => ({
  probe,
  ...(index > 0 && label !== null && { number: label }),
  ...(uom !== null && { uom }),
});

/** A card has room for so many, in the order of the settings. */
const rowsInCard = 6;

function describeProbe(found: Found, importance: "core" | "detail", wording: Wording): Row<Name> {
  const { probe, state, problem, text, numbers } = found;
  const { words } = wording;
  const [main] = numbers;
  const isBad = problem !== null || state !== 0 || (main !== undefined && stateOf(main) > 0);
  const key = main && observationKey({ name: "probe_value", labels: labelsOf(found, main, 0) });
  const lines = [
    // A plugin's text has its numbers in it.
    ...(main !== undefined && main.label === null ? [sayNumber(main, wording)] : []),
    ...(text === "" ? [] : [text]),
    ...numbers.flatMap((one) =>
      one.label !== null && stateOf(one) > 0 ? [`${one.label} ${sayNumber(one, wording)}`] : [],
    ),
    ...(problem === null || (problem.code === "unknown" && text !== "") ? [] : [words.probe.problem(problem)]),
  ];
  return {
    label: probe,
    ...shorten(found, main, wording),
    ...(main?.uom === "percent" && main.value >= 0 && main.value <= 100 ? { percent: main.value } : {}),
    lines: lines.length === 0 ? [words.probe.well] : lines,
    importance: isBad ? "notable" : importance,
    about: [
      ...(["probe_state", "probe_unknown"] as const).map((name) => observationKey({ name, labels: { probe } })),
      ...(key === undefined ? [] : [key]),
    ],
    ...(key === undefined ? {} : { trends: key }),
  };
}

/** A number, and the limit that it is beyond. */
function tell(number: ProbeNumber, { words }: Wording) {
  const { value, uom, warning, critical } = number;
  const say = (amount: number) => measuredText(amount, uom ?? undefined, edges({ warning, critical }), words);
  const state = stateOf(number);
  const crossed = state === 0 ? null : state === 2 ? critical : warning;
  const range = [crossed?.start, crossed?.end].filter((edge) => typeof edge === "number").map(say);
  return { value: say(value), limit: crossed === null ? null : words.probe.limit(range) };
}

function sayNumber(number: ProbeNumber, wording: Wording): string {
  const { value, limit } = tell(number, wording);
  return limit === null ? value : wording.words.probe.beyond(value, limit);
}

/** Its line on a card. */
function shorten({ problem, text }: Found, main: ProbeNumber | undefined, wording: Wording) {
  if (problem !== null) return { number: "?" };
  if (main === undefined || main.label !== null) return {};
  const { value, limit } = tell(main, wording);
  return { number: value, remark: text === "" ? (limit ?? "") : text };
}

const edges = ({ warning, critical }: Limits) =>
  [warning, critical].flatMap((limit) => [limit?.start, limit?.end].filter((edge) => typeof edge === "number"));

const definitions = {
  probe_state: gauge("count", "0 when the check is well, 1 for a warning, 2 for critical, as its source says."),
  probe_unknown: gauge("count", "1 when the check has no answer."),
  probe_value: gauge("ratio", "A number of the check, in the base unit that the label uom names.", {
    isOwn: true,
    label: (_words, { probe = "" }) => probe,
  }),
};
type Name = keyof typeof definitions;

/** The owner's own checks: programs, pages, files. */
export const probes = defineMetric({
  order: 5,
  title: (words) => words.probe.title,
  schema,
  definitions,
  // A second more than all of them together may take.
  deadlineMs: () => 31_000,
  collect: collectProbes,
  carry: (now) => now,
  observe: (now) =>
    now.flatMap((found) => {
      const { probe, state, numbers } = found;
      const one = <const Own extends Name>(name: Own, value: number, labels: Labels = { probe }) => ({
        name,
        labels,
        value,
      });
      return [
        ...(state === null ? [] : [one("probe_state", state)]),
        one("probe_unknown", state === null ? 1 : 0),
        ...numbers.map((number, index) => one("probe_value", number.value, labelsOf(found, number, index))),
      ];
    }),
  describe: (now, _earlier, wording) => {
    const rows = now.map((found, index) => describeProbe(found, index < rowsInCard ? "core" : "detail", wording));
    const { probe, row } = wording.words;
    const hidden = rows.filter(({ importance }) => importance === "detail").length;
    const rest: Row<Name> = { label: probe.others, lines: [row.more(hidden)], importance: "core", about: [] };
    return hidden === 0 ? rows : [...rows, rest];
  },
});
