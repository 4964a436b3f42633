import { replay } from "../replay/replay.ts";
import { cpu, disk, type Trace } from "../replay/trace.ts";
import type { KnownObservation } from "../../lib/metrics/index.ts";
import { formatValue } from "../../lib/alerts/text.ts";
import { en } from "../../lib/words/en.ts";

type Looks = readonly (readonly KnownObservation[] | null)[];

/** What is announced while a machine goes through these looks: `3 raised storage_used warning 86 %`. */
export function told(looks: Looks, every: number): readonly string[] {
  const at: Trace["at"] = (minute) => {
    const observations = looks[minute / every];
    return observations === undefined || observations === null ? null : { observations };
  };
  const messages = replay({ name: "", days: (looks.length * every) / 1440, every, at, incidents: 0, expected: [] });
  return messages.flatMap(({ minute, transitions }) =>
    transitions.map(({ kind, rule, labels, to, value }) => {
      const number = formatValue(value, rule, labels, en);
      return [minute / every, kind, rule, to, number].filter((part) => part !== null && part !== "").join(" ");
    }),
  );
}

/** `5 x3 95` is 5, 5, 5, 95. */
export function series(text: string): readonly number[] {
  const all: number[] = [];
  for (const word of text.split(/[ ,]+/)) {
    const times = /^x(\d+)$/.exec(word)?.[1];
    const last = all.at(-1);
    if (times === undefined || last === undefined) all.push(Number(word));
    else for (let count = 1; count < Number(times); count += 1) all.push(last);
  }
  return all;
}

export const disks = (text: string): Looks => series(text).map((percent) => disk("/", percent));
export const cpus = (text: string): Looks => series(text).map((busy) => cpu(busy));
