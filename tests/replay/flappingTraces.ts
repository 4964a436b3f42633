import {
  type Expected,
  type Trace,
  cpu,
  day,
  disk,
  hour,
  lastingRuns,
  over,
  overAfterAWhile,
  within,
} from "./trace.ts";

/** Two runs above the line, two below it, and so on; from the tenth run on, for thirty runs; then as it stays. */
function aroundTheLine(every: number, end: "good" | "bad" | "worse"): Trace {
  const minuteOf = (run: number) => run * every;
  const percentAt = (run: number) => {
    if (run < 10) return 79;
    if (run < 40) return run % 4 < 2 ? 79 : 86;
    if (end === "good" || run >= 60) return 79;
    return end === "bad" ? 86 : 97;
  };
  const begun = minuteOf(10);
  // After three of its periods, and an hour at least.
  const quiet = Math.max(60, minuteOf(3 * 4));
  const settled = (run: number, lasted: readonly [number, number]): Expected => ({
    what: "recovered storage_used",
    from: minuteOf(run),
    to: minuteOf(run + 3) + quiet,
    lasted,
  });
  // 20 minutes are no longer than it ever took, ten hours are.
  const longer =
    every === 1
      ? [settled(60, [minuteOf(50), 3 * every])]
      : [
          within("longer storage_used warning", minuteOf(38) + 3 * hour, 2, every),
          over("storage_used", minuteOf(38), minuteOf(60), every),
        ];
  const ends: Readonly<Record<typeof end, readonly Expected[]>> = {
    good: [settled(40, [minuteOf(32), 3 * every])],
    bad: longer,
    worse: [
      within("worse storage_used critical", minuteOf(40), 1, every),
      over("storage_used", minuteOf(38), minuteOf(60), every),
    ],
  };
  return {
    name: `flapping around the line, ends ${end}`,
    days: every === 1 ? 1 : 3,
    every,
    at: (minute) => ({ observations: disk("/", percentAt(minute / every)) }),
    incidents: 1,
    expected: [
      within("raised storage_used warning", begun, 1, every),
      over("storage_used", begun, minuteOf(12), every),
      within("raised storage_used warning", minuteOf(14), 1, every),
      over("storage_used", minuteOf(14), minuteOf(16), every),
      within("flapping storage_used warning", minuteOf(18), 1, every),
      ...ends[end],
    ],
  };
}

/** Every half hour the CPUs are busy for eight minutes, for a day and a half: too short to be news. */
function halfHourlyJob(every: number): Trace {
  const isBusy = (minute: number) => minute % 30 < 8 && minute < 36 * hour;
  return {
    name: "a job that takes all CPUs, 8 min in 30",
    days: 3,
    every,
    // Every half hour what is seen is the average.
    at: (minute, noise) => ({ observations: cpu(every === 1 ? (isBusy(minute) ? 97 : 10) : 33 + noise(3)) }),
    incidents: 0,
    expected: [],
  };
}

/** Bad in the evening and good at night: the second time is told with how long it takes, the third as what comes again. */
function everyEvening(every: number): Trace {
  const evenings = [0, 1, 2, 3, 4].map((date) => date * day + 18 * hour);
  const [first = 0, second = 0, third = 0] = evenings;
  const runs = lastingRuns(every);
  return {
    name: "busy every evening",
    days: 5,
    every,
    at: (minute) => ({ observations: cpu(minute % day >= 18 * hour && minute % day < 21 * hour ? 96 : 20) }),
    incidents: evenings.length,
    expected: [
      within("raised cpu_busy warning", first, runs, every),
      overAfterAWhile("cpu_busy", first, first + 3 * hour, every),
      within("raised cpu_busy warning", second, runs, every),
      within("flapping cpu_busy warning", third, runs, every),
    ],
  };
}

/** What goes back and forth. */
export const flappingTraces = (every: number): readonly Trace[] => [
  aroundTheLine(every, "good"),
  aroundTheLine(every, "bad"),
  aroundTheLine(every, "worse"),
  halfHourlyJob(every),
  everyEvening(every),
];
