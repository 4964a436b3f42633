/**
 * What a run costs, as `npm run bench`, which writes it into README.md beside this: medians of rounds in which all take
 * turns, and ratios of the runs of one round, because the machine's speed drifts; of BENCH_SETS such sets the worst. With
 * BENCH_RIVAL=/path/to/program that one is measured beside it. Then whether twice as much costs more than twice the time.
 */
import { cpus } from "node:os";
import { join } from "node:path";

import { fakeDiscord } from "../support/fakeDiscord.ts";
import { projectRoot, temporaryDirectory } from "../support/project.ts";
import { makeChain } from "./chain.ts";
import { type Contender, findContenders } from "./contenders.ts";
import { measureGrowth } from "./growth.ts";
import { type Footprint, measureFootprint, measureRun, nothing, type Run } from "./measure.ts";
import { median, tableOf } from "./table.ts";

const rounds = Number(process.env["BENCH_ROUNDS"] ?? 20);
const sets = Number(process.env["BENCH_SETS"] ?? 3);

using home = temporaryDirectory();
const chain = makeChain(join(home.path, "chain"));
await using discord = await fakeDiscord(chain);
const contenders = await findContenders(home.path, discord, chain.root);
const racing = contenders.filter(({ isSlow }) => isSlow !== true);

/** The runs of each, in the same order. */
async function compete(): Promise<readonly (readonly Run[])[]> {
  const runs = racing.map(() => new Array<Run>());
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, contender] of racing.entries()) {
      const run = await measureRun(contender, discord);
      // The first round warms the caches.
      if (round > 0) runs[index]?.push(run);
    }
  }
  return runs;
}

/** Against the runs of another program in the same rounds; null where there is none. */
const ratio = (runs: readonly Run[], others: readonly Run[] | undefined, field: "wallMs" | "cpuMs") =>
  others === undefined ? null : median(runs.map((run, round) => run[field] / (others[round]?.[field] ?? Number.NaN)));
const medianOf = (runs: readonly Run[], field: keyof Run) => {
  const values = runs.map((run) => run[field]).filter((value) => value !== null);
  return values.length === 0 ? null : median(values);
};

/** What one set says of each contender. */
async function measureSet() {
  const all = await compete();
  const named = (start: string) => all[racing.findIndex(({ name }) => name.startsWith(start))];
  const [floor, plain, rival] = [named("the floor"), named("`report --sample 0`"), named("the rival")];
  return all.map((runs) => ({
    wallMs: medianOf(runs, "wallMs"),
    cpuMs: medianOf(runs, "cpuMs"),
    wallOfFloor: ratio(runs, floor, "wallMs"),
    cpuOfFloor: ratio(runs, floor, "cpuMs"),
    cpuOfPlain: ratio(runs, plain, "cpuMs"),
    wallOfRival: ratio(runs, rival, "wallMs"),
    cpuOfRival: ratio(runs, rival, "cpuMs"),
    requestMs: medianOf(runs, "requestMs"),
    sentBytes: medianOf(runs, "sentBytes"),
  }));
}
type Costs = Awaited<ReturnType<typeof measureSet>>[number];

const measured = new Array<readonly Costs[]>();
for (let set = 0; set < sets; set += 1) {
  console.log(`set ${set + 1} of ${sets}`);
  measured.push(await measureSet());
}
const footprints = new Map<Contender, Footprint>();
for (const contender of contenders) footprints.set(contender, await measureFootprint(contender, home.path));
console.log("growth");
const growth = await measureGrowth(home.path, discord);

const worst = (index: number, field: keyof Costs): number | null => {
  const values = measured.map((costs) => costs[index]?.[field] ?? null).filter((value) => value !== null);
  return values.length === 0 ? null : Math.max(...values);
};
const say = (value: number | null, tell: (value: number) => string) => (value === null ? "–" : tell(value));
const times = (value: number) => `${value.toFixed(value < 0.095 ? 3 : 2)}×`;
const ms = (value: number) => `${value.toFixed(value < 99.5 ? 1 : 0)} ms`;
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

const hasRival = racing.some(({ name }) => name.startsWith("the rival"));
const columns: readonly (readonly [string, keyof Costs, (value: number) => string])[] = [
  ["wall", "wallMs", ms],
  ["CPU", "cpuMs", ms],
  ["wall of the floor", "wallOfFloor", times],
  ["CPU of the floor", "cpuOfFloor", times],
  ["CPU of a plain run", "cpuOfPlain", times],
  ...(hasRival ? [["wall of the rival", "wallOfRival", times] as const] : []),
  ...(hasRival ? [["CPU of the rival", "cpuOfRival", times] as const] : []),
  ["to the request", "requestMs", ms],
  ["bytes sent", "sentBytes", String],
];
const times1 = tableOf(
  ["", ...columns.map(([head]) => head)],
  racing.map(({ name }, index) => [name].concat(columns.map(([, field, tell]) => say(worst(index, field), tell)))),
);

const prints: readonly (readonly [string, keyof Footprint, (value: number) => string])[] = [
  ["peak memory", "peakBytes", megabytes],
  ["its own", "anonBytes", megabytes],
  ["processes started", "processes", String],
  ["system calls", "systemCalls", String],
  ["SQL statements", "statements", String],
  ["fsyncs", "fsyncs", String],
  ["files opened", "opened", String],
  ["functions", "functions", String],
  ["read when cold", "coldBytes", megabytes],
  ["waits for that", "coldFaults", String],
  ["file", "fileBytes", megabytes],
];
const once = tableOf(
  ["", ...prints.map(([head]) => head)],
  contenders.map((contender) => {
    const footprint = footprints.get(contender) ?? nothing;
    return [contender.name].concat(prints.map(([, field, tell]) => say(footprint[field], tell)));
  }),
);

const place = (start: string) => racing.findIndex(({ name }) => name.startsWith(start));
const off = Math.max(
  ...measured.map((costs) => Math.abs((costs[place("the same from another copy")]?.cpuOfPlain ?? Number.NaN) - 1)),
);
const [kept, drawn] = ["live, keeping", "live, drawing"].map((name) => worst(place(name), "cpuOfPlain") ?? Number.NaN);
// Of 48 half-hourly runs every fourth draws.
const liveDay = ((kept ?? 0) * 36 + (drawn ?? 0) * 12) / 48;
const about = [
  `Measured on ${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model.trim() ?? "?"}, ${cpus().length} cores:`,
  `the worst of ${sets} sets of ${rounds} rounds. The control was off by ${(off * 100).toFixed(1)} % at most.`,
  `A live card with its chart costs ${times(liveDay)} of a plain run on the average of a day.`,
].join(" ");

const readme = join(projectRoot, "tests/bench/README.md");
const text = [about, times1, once, growth].join("\n\n");
const before = await Bun.file(readme).text();
const after = before.replace(/(<!-- bench -->\n).*?(<!-- \/bench -->)/s, (_, begin: string, end: string) => {
  return `${begin}\n${text}\n\n${end}`;
});
await Bun.write(readme, after);
await Bun.spawn([process.execPath, "fmt", readme], { cwd: projectRoot, stdout: "ignore" }).exited;
console.log(text);
