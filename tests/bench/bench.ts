/**
 * What a run costs, as `npm run bench`: medians of rounds in which all take turns, and ratios of the runs of one round,
 * because the machine's speed drifts. With BENCH_RIVAL=/path/to/program that one is measured beside it. Then whether twice
 * as much of something costs more than twice the time.
 */
import { join } from "node:path";

import { fakeDiscord } from "../support/fakeDiscord.ts";
import { temporaryDirectory } from "../support/project.ts";
import { makeChain } from "./chain.ts";
import { type Contender, findContenders } from "./contenders.ts";
import { measureGrowth } from "./growth.ts";
import { type Footprint, nothing, type Run, measureFootprint, measureRun } from "./measure.ts";
import { median, printTable } from "./table.ts";

const rounds = Number(process.env["BENCH_ROUNDS"] ?? 20);

using home = temporaryDirectory();
const chain = makeChain(join(home.path, "chain"));
await using discord = await fakeDiscord(chain);
const contenders = await findContenders(home.path, discord, chain.root);

/** The runs of each, in the same order. */
async function compete(all: readonly Contender[]): Promise<readonly (readonly Run[])[]> {
  const runs = all.map(() => new Array<Run>());
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, contender] of all.entries()) {
      const run = await measureRun(contender, discord);
      // The first round warms the caches.
      if (round > 0) runs[index]?.push(run);
    }
  }
  return runs;
}

const all = await compete(contenders);
const footprints = new Array<Footprint>();
for (const contender of contenders) footprints.push(await measureFootprint(contender, home.path));

/** Against the runs of another program in the same rounds; null where there is none. */
const ratio = (runs: readonly Run[], others: readonly Run[] | undefined, field: "wallMs" | "cpuMs") =>
  others === undefined ? null : median(runs.map((run, round) => run[field] / (others[round]?.[field] ?? Number.NaN)));
const medianOf = (runs: readonly Run[], field: keyof Run) => {
  const values = runs.map((run) => run[field]).filter((value) => value !== null);
  return values.length === 0 ? null : median(values);
};
const say = (value: number | null, tell: (value: number) => string) => (value === null ? "–" : tell(value));
const times = (value: number) => `${value.toFixed(value < 0.095 ? 3 : 2)}×`;
const ms = (value: number) => `${value.toFixed(value < 99.5 ? 1 : 0)} ms`;
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

const named = (start: string) => all[contenders.findIndex(({ name }) => name.startsWith(start))];
const [floor, plain, rival] = [named("the floor"), named("`report --sample 0`"), named("the rival")];
const rows = contenders.map(({ name }, index) => {
  const runs = all[index] ?? [];
  const { peakBytes, processes, systemCalls, fsyncs, opened, functions, fileBytes } = footprints[index] ?? nothing;
  return [
    name,
    say(medianOf(runs, "wallMs"), ms),
    say(ratio(runs, rival, "wallMs"), times),
    say(medianOf(runs, "cpuMs"), ms),
    say(ratio(runs, rival, "cpuMs"), times),
    say(ratio(runs, floor, "wallMs"), times),
    say(ratio(runs, floor, "cpuMs"), times),
    say(ratio(runs, plain, "cpuMs"), times),
    say(medianOf(runs, "requestMs"), ms),
    say(medianOf(runs, "sentBytes"), String),
    say(peakBytes, megabytes),
    say(processes, String),
    say(systemCalls, String),
    say(fsyncs, String),
    say(opened, String),
    say(functions, String),
    say(fileBytes, megabytes),
  ];
});
const head = ["", "wall", "of the rival", "CPU", "of the rival", "wall of the floor", "CPU of the floor"];
const more = ["CPU of a plain run", "to the request", "bytes sent", "peak memory", "processes started", "system calls"];
printTable([...head, ...more, "fsyncs", "files opened", "functions", "file"], rows);
console.log("");
await measureGrowth(home.path, discord);
