import { type Expected, type Trace, cpu, day, disk, hour, over, within } from "./trace.ts";

/** Two runs above the line, two below it, and so on; from the tenth run on, for thirty runs; then as it stays. */
function aroundTheLine(every: number, end: "good" | "bad" | "worse"): Trace {
  const minuteOf = (run: number) => run * every;
  const percentAt = (run: number) => {
    if (run < 10) return 79;
    if (run < 40) return run % 4 < 2 ? 79 : 86;
    if (end === "good" || run >= 60) return 79;
    return end === "bad" ? 86 : 97;
  };
  const begun = minuteOf(14);
  const ends: Readonly<Record<typeof end, readonly Expected[]>> = {
    good: [{ what: "recovered storage_used", from: minuteOf(40), to: minuteOf(50), lasted: [26 * every, 3 * every] }],
    bad: [over("storage_used", begun, minuteOf(60), every, every)],
    worse: [
      within("worse storage_used critical", minuteOf(40), 1, every),
      over("storage_used", begun, minuteOf(60), every, every),
    ],
  };
  return {
    name: `flapping around the line, ends ${end}`,
    days: every === 1 ? 1 : 3,
    every,
    at: (minute) => ({ observations: disk("/", percentAt(minute / every)) }),
    incidents: 1,
    expected: [
      within("raised storage_used warning", minuteOf(10), 1, every),
      over("storage_used", minuteOf(10), minuteOf(12), every),
      within("flapping storage_used warning", begun, 1, every),
      ...ends[end],
    ],
  };
}

/** Every half hour the CPUs are busy for eight minutes, for a day and a half. Seen once in half an hour it is calm. */
function halfHourlyJob(every: number): Trace {
  const isBusy = (minute: number) => minute % 30 < 8 && minute < 36 * hour;
  return {
    name: "a job that takes all CPUs, 8 min in 30",
    days: 3,
    every,
    // Every half hour what is seen is the average.
    at: (minute, noise) => ({ observations: cpu(every === 1 ? (isBusy(minute) ? 97 : 10) : 33 + noise(3)) }),
    incidents: every === 1 ? 1 : 0,
    expected:
      every === 30
        ? []
        : [
            ...[0, 30].flatMap((begins) => [
              within("raised cpu_busy warning", begins, 2, every),
              over("cpu_busy", begins, begins + 8, every),
            ]),
            within("flapping cpu_busy warning", 60, 2, every),
            { what: "recovered cpu_busy", from: 35.5 * hour, to: 38 * hour, lasted: [34.5 * hour + 8, 10] },
          ],
  };
}

/** Bad in the evening and good at night: no flapping, each evening is an incident of its own. */
function everyEvening(every: number): Trace {
  const evenings = [0, 1, 2, 3, 4].map((date) => date * day + 18 * hour);
  return {
    name: "busy every evening",
    days: 5,
    every,
    at: (minute) => ({ observations: cpu(minute % day >= 18 * hour && minute % day < 21 * hour ? 96 : 20) }),
    incidents: evenings.length,
    expected: evenings.flatMap((begins) => [
      within("raised cpu_busy warning", begins, 2, every),
      over("cpu_busy", begins, begins + 3 * hour, every),
    ]),
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
