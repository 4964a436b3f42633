import { type Trace, cpu, day, disk, hour, lastingRuns, one, over, overAfterAWhile, within } from "./trace.ts";

/** All memory is gone after a day and a half; the kernel kills what leaks, and it begins anew. Twice. */
function memoryLeak(every: number): Trace {
  const period = 36 * hour;
  const availableAt = (minute: number) => 60 - (58 * (minute % period)) / period;
  const minuteOf = (percent: number) => ((60 - percent) / 58) * period;
  const slack = 15;
  return {
    name: "memory leak until a process is killed",
    days: 3.5,
    every,
    at: (minute, noise) => {
      const kills = minute >= period && minute % period < every ? 1 : 0;
      return {
        observations: [
          one("memory_available_percent", availableAt(minute) + noise(0.3)),
          one("vmstat_oom_kills", kills, { window: "report" }),
        ],
      };
    },
    incidents: 2,
    expected: [0, period].flatMap((begins) => [
      within("raised memory warning", begins + minuteOf(10), 2, every, slack),
      within("worse memory critical", begins + minuteOf(5), 2, every, slack),
      within("event killed", begins + period, 1, every),
      over("memory", begins + minuteOf(10), begins + period, every, slack),
    ]),
  };
}

/** Started and killed, again and again: 40 runs long. A day later once more. */
function killedForever(every: number): Trace {
  const [begins, again] = [2 * hour, 2 * hour + 40 * every + day];
  return {
    name: "killed 40 times in a row",
    days: 3,
    every,
    at: (minute) => {
      const isKilled = (minute >= begins && minute < begins + 40 * every) || minute === again;
      return { observations: [one("vmstat_oom_kills", isKilled ? 2 : 0, { window: "report" })] };
    },
    incidents: 2,
    expected: [
      ...[0, 1, 2].map((count) => within("event killed", begins + count * every, 0, every)),
      // At half an hour it goes on for longer than a reminder of something critical waits.
      ...(every === 30 ? [within("event killed", begins + 2 * every + 12 * hour, 1, every)] : []),
      within("event killed", again, 0, every),
    ],
  };
}

/** The load is an average of fifteen minutes: it is high for long after the CPUs have nothing to do. */
function burst(every: number): Trace {
  const [begins, ends] = [3 * hour, 5 * hour];
  const loadAt = (minute: number) => {
    if (minute < begins) return 0.2;
    const atEnd = 0.2 + 4 * (1 - Math.exp(-(Math.min(minute, ends) - begins) / 15));
    return minute < ends ? atEnd : 0.2 + (atEnd - 0.2) * Math.exp(-(minute - ends) / 15);
  };
  return {
    name: "two hours of work for all CPUs",
    days: 1,
    every,
    at: (minute, noise) => ({
      observations: [
        ...cpu((minute >= begins && minute < ends ? 97 : 12) + noise(3)),
        one("load_15m_per_core", loadAt(minute)),
      ],
    }),
    incidents: 1,
    expected: [
      within("raised cpu_busy warning", begins, lastingRuns(every), every),
      overAfterAWhile("cpu_busy", begins, ends, every),
    ],
  };
}

/** A network disk is gone: the load rises while the CPUs do nothing. */
function stuckProcesses(every: number): Trace {
  const [begins, ends] = [3 * hour, 9 * hour];
  return {
    name: "processes stuck, CPUs idle",
    days: 1,
    every,
    at: (minute, noise) => ({
      observations: [
        ...cpu(5 + noise(3), 3 + noise(2)),
        one("load_15m_per_core", minute >= begins && minute < ends ? 8 : 0.2),
      ],
    }),
    incidents: 1,
    expected: [
      within("raised load warning", begins, lastingRuns(every), every),
      overAfterAWhile("load", begins, ends, every),
    ],
  };
}

/** Everything moves, and nothing is wrong. */
export function ordinary(every: number): Trace {
  return {
    name: "nothing wrong",
    days: every === 1 ? 14 : 90,
    every,
    at: (minute, noise) => ({
      observations: [
        ...disk("/", 64 + 3 * Math.sin((minute / day) * 2 * Math.PI) + minute / (20 * day) + noise(0.5)),
        ...cpu(35 + noise(33), 10 + noise(10)),
        one("memory_available_percent", 35 + noise(19)),
        one("load_15m_per_core", 0.9 + noise(0.8)),
        one("vmstat_swap_traffic_percent", 8 + noise(8), { window: "report" }),
      ],
    }),
    incidents: 0,
    expected: [],
  };
}

/** What memory and CPUs go through. */
export const loadTraces = (every: number): readonly Trace[] => [
  memoryLeak(every),
  killedForever(every),
  burst(every),
  stuckProcesses(every),
  ordinary(every),
];
