import { expect } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";

import { openNamespace } from "../support/namespace.ts";
import { testWith, testWithPrograms } from "../support/needs.ts";
import { type Finished, quoted, run, temporaryDirectory } from "../support/project.ts";
import { parseShown, showFor, showNumbers, valueOf } from "../support/shown.ts";
import { noteDifferences } from "./differences.ts";
import { startLoad } from "./load.ts";

const note = noteDifferences("points");
const seconds = process.env["TRUTH"] === "long" ? 20 : 5;

const share = v.number();
const Mpstat = v.object({
  sysstat: v.object({
    hosts: v.array(
      v.object({
        statistics: v.array(
          v.object({
            "cpu-load": v.array(
              v.object({
                usr: share,
                nice: share,
                guest: share,
                gnice: share,
                sys: share,
                irq: share,
                soft: share,
                iowait: share,
                steal: share,
                idle: share,
              }),
            ),
          }),
        ),
      }),
    ),
  }),
});

/** What `mpstat` says of one window over all CPUs, in our terms. */
function parseMpstat({ stdout }: Finished): Readonly<Record<string, number>> {
  const all = v.parse(Mpstat, JSON.parse(stdout)).sysstat.hosts[0]?.statistics[0]?.["cpu-load"][0];
  if (all === undefined) throw new Error("mpstat said nothing");
  return {
    busy: 100 - all.idle - all.iowait,
    user: all.usr + all.nice + all.guest + all.gnice,
    system: all.sys + all.irq + all.soft,
    iowait: all.iowait,
    steal: all.steal,
  };
}

const mpstatCommand = ["mpstat", "-o", "JSON", String(seconds), "1"];

interface Pair {
  readonly state: string;
  readonly ours: number;
  readonly theirs: number;
}

function paired(us: Finished, mpstat: Finished): readonly Pair[] {
  const shown = parseShown(us);
  return Object.entries(parseMpstat(mpstat)).map(([state, theirs]) => ({
    state,
    ours: valueOf(shown, `cpu_${state}_percent{window="sample"}`),
    theirs,
  }));
}

/** Starts mpstat in the moment in which our window opens: with the last look at /proc/stat before the one at its end. */
async function measureSameWindow(): Promise<readonly Pair[]> {
  const trace = ["strace", "-qq", "-e", "trace=openat", "-P", "/proc/stat", "--"];
  const looks = (text: string) => text.split("openat(").length - 1;
  const looksBefore = looks((await run([...trace, ...showNumbers()])).stderr);
  const child = Bun.spawn([...trace, ...showFor(seconds)], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  let seen = 0;
  let mpstat: Promise<Finished> | undefined;
  for await (const chunk of child.stderr) {
    seen += looks(new TextDecoder().decode(chunk));
    if (seen >= looksBefore) mpstat ??= run(mpstatCommand, { env: { LC_ALL: "C" } });
  }
  if (mpstat === undefined) throw new Error("we never looked at /proc/stat");
  return paired({ status: await child.exited, stdout: await child.stdout.text(), stderr: "" }, await mpstat);
}

/**
 * /proc/stat with ticks added to counters of each CPU. The kernel rounds each CPU and their sum for itself, we read the
 * sum and mpstat adds the CPUs up: here the sum is that of the rounded ones, so that both have the same.
 */
function consistent(stat: string, added: Readonly<Record<number, number>>): string {
  const numbersOf = (text = "") => text.split(" ").map((ticks, column) => Number(ticks) + (added[column] ?? 0));
  const cpus = Array.from(stat.matchAll(/^(cpu\d+) (.+)$/gm), ([, name, text]) => ({ name, ticks: numbersOf(text) }));
  const sum = cpus[0]?.ticks.map((_, column) => cpus.reduce((total, { ticks }) => total + (ticks[column] ?? 0), 0));
  const rest = stat.replaceAll(/^cpu.*\n/gm, "");
  return [`cpu  ${sum?.join(" ")}`, ...cpus.map(({ name, ticks }) => `${name} ${ticks.join(" ")}`), rest].join("\n");
}

/** The columns that add up to the time of a CPU: guests are counted as user time, too. */
const states = [0, 1, 2, 3, 4, 5, 6, 7];
const idle = 3;

const totalOf = (stat: string): number => {
  const columns = (/^cpu +(.+)$/m.exec(stat)?.[1] ?? "").split(" ").map(Number);
  return states.reduce((sum, column) => sum + (columns[column] ?? 0), 0);
};

/** All that the kernel counts, though these tests may be kept to some of them. */
const cpusIn = (stat: string): number => stat.match(/^cpu\d/gm)?.length ?? 1;

/** Whether CPU time passed in both windows: of one without any, we say nothing, and mpstat says 0 % of everything. */
const sawWork = (us: Finished, mpstat: Finished) =>
  us.stdout.includes('cpu_busy_percent{window=\\"sample\\"}') && /"(usr|sys|idle)": (?!0\.00)/.test(mpstat.stdout);

const stress = { cpu: ["--cpu", "1"], mixed: ["--cpu", "1", "--iomix", "1", "--iomix-bytes", "64M", "--udp", "1"] };

for (const [name, added] of Object.entries({
  "as they were": {},
  "with steal, guests and interrupts": { 0: 90, 1: 60, 5: 30, 6: 20, 7: 50, 8: 70, 9: 40 },
})) {
  testWith("mpstat", "stress-ng")(`CPU equals mpstat where both read the same counters, ${name}`, async () => {
    await using machine = await openNamespace();
    using directory = temporaryDirectory();
    const file = join(directory.path, "stat");
    const write = async (ticks: Readonly<Record<number, number>>) =>
      Bun.write(file, consistent(readFileSync("/proc/stat", "utf8"), ticks));
    // Counters that stand still for most of the window would say that the machine was paused: idle time fills it.
    const writeFilled = async (ticks: Readonly<Record<number, number>>) => {
      const stat = readFileSync("/proc/stat", "utf8");
      const grown = totalOf(stat) - totalOf(readFileSync(file, "utf8"));
      const inAddition = states.reduce((sum, column) => sum + (ticks[column] ?? 0), 0);
      const missing = Math.max(0, Math.ceil(seconds * 100 - grown / cpusIn(stat)) - inAddition);
      await write({ ...ticks, [idle]: missing });
    };
    await write({});
    await machine.shell(`mount --bind ${quoted(file)} /proc/stat`);
    const changeMeanwhile = async () => {
      await write({});
      return Promise.all([
        machine.run(showFor(seconds)),
        machine.run(mpstatCommand, { LC_ALL: "C" }),
        // The machine works for half of the window; then both find the new counters at its end.
        run(["stress-ng", ...stress.mixed, "--temp-path", directory.path, "--timeout", String(seconds / 2)]).then(
          async () => writeFilled(added),
        ),
      ]);
    };
    let [shown, mpstat] = await changeMeanwhile();
    // On a busy machine the change may come before one of them has begun, or after it has ended.
    for (let again = 0; again < 10 && !sawWork(shown, mpstat); again += 1) {
      [shown, mpstat] = await changeMeanwhile();
    }
    for (const { state, ours, theirs } of paired(shown, mpstat)) {
      expect(note(`CPU ${state}, same counters`, ours, theirs)).toBeLessThan(0.02);
    }
  });
}

for (const [name, load] of Object.entries({
  "as it is": null,
  "with one CPU busy": stress.cpu,
  "under a mixed load": stress.mixed,
})) {
  testWithPrograms(
    "mpstat",
    "strace",
    ...(load === null ? [] : ["stress-ng"]),
  )(`CPU is within 1 point of mpstat over the same ${seconds} s, machine ${name}`, async () => {
    await using _ = load === null ? null : await startLoad([...load, "--temp-path", "/var/tmp"]);
    for (const { state, ours, theirs } of await measureSameWindow()) {
      expect(note(`CPU ${state}, ${name}`, ours, theirs)).toBeLessThan(1);
    }
  });
}
