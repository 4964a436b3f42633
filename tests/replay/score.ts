import type { Teller, Word } from "./rivals.ts";

/** The CPU at 90 % and more for at least half an hour. */
interface Incident {
  readonly from: number;
  readonly to: number;
}

const incidentPercent = 90;
const incidentPoints = 6;
/** A look every half hour sees the end of an incident so much later. */
const latePoints = 7;

export function incidentsIn(points: readonly number[]): readonly Incident[] {
  const incidents: Incident[] = [];
  let from = 0;
  for (const [index, value] of [...points, 0].entries()) {
    if (value >= incidentPercent) continue;
    if (index - from >= incidentPoints) incidents.push({ from, to: index - 1 });
    from = index + 1;
  }
  return incidents;
}

/** How well somebody told what happened, over many traces. */
export interface Score {
  readonly name: string;
  readonly weeks: number;
  readonly incidents: number;
  readonly messages: number;
  /** Something was said in it, or the last word before it was that it is bad. */
  readonly found: number;
  /** Of these, the ones that it had said will come again. */
  readonly again: number;
  /** Minutes until something was said of an incident that was not told before: the median, and the longest. */
  readonly delays: readonly [median: number, longest: number];
  /** Messages that something is wrong, which belong to no incident. */
  readonly outside: number;
}

/** Holds what is said of some traces against the incidents in them. */
export function score({ name, tell }: Teller, traces: readonly (readonly number[])[]): Score {
  const told = traces.map((points) => ({ incidents: incidentsIn(points), words: tell(points) }));
  const found = told.flatMap(({ incidents, words }) => incidents.map((incident) => findWord(incident, words)));
  const delays = found
    .flatMap((delay) => (typeof delay === "number" && delay > 0 ? [delay] : []))
    .toSorted((one, other) => one - other);
  const alarms = told.flatMap(({ incidents, words }) =>
    words.filter(
      ({ index, isBad }, at) =>
        isBad && !(words[at - 1]?.isBad ?? false) && !incidents.some((one) => isNear(one, index)),
    ),
  );
  return {
    name,
    weeks: traces.reduce((sum, points) => sum + points.length, 0) / 2016,
    incidents: found.length,
    messages: told.reduce((sum, { words }) => sum + words.length, 0),
    found: found.filter((delay) => delay !== null).length,
    again: found.filter((delay) => delay === "again").length,
    delays: [delays[Math.floor(delays.length / 2)] ?? 0, delays.at(-1) ?? 0],
    outside: alarms.length,
  };
}

const isNear = ({ from, to }: Incident, index: number) => index >= from && index <= to + latePoints;

/** Minutes until it was told; 0 when it was before, `again` where it was said to come again, null when it never was. */
function findWord({ from, to }: Incident, words: readonly Word[]): number | "again" | null {
  const before = words.findLast(({ index }) => index < from);
  if (before?.isBad === true) return before.comesAndGoes === true ? "again" : 0;
  const first = words.find(({ index, isBad }) => isBad && index >= from && index <= to + latePoints);
  return first === undefined ? null : (first.index + 1 - from) * 5;
}
