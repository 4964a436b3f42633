import { type Trace, day, disk, hour, over, within } from "./trace.ts";

/** 45 % at first; by the day cleaned, the next day's work is done and the disk is half empty. */
function slowFill(every: number): Trace {
  const [percentPerDay, days, cleaned] = every === 1 ? [3.8, 14, 13.7 * day] : [0.5, 90, 86.5 * day];
  const minuteOf = (percent: number) => ((percent - 45) / percentPerDay) * day;
  const slack = 60;
  const critical = minuteOf(95) < cleaned;
  const reminded = critical ? [1] : [1, 3];
  return {
    name: "slow fill, then cleaned up",
    days,
    every,
    at: (minute, noise) => ({
      observations: disk("/", minute < cleaned ? 45 + (percentPerDay * minute) / day + noise(0.02) : 50),
    }),
    incidents: 1,
    expected: [
      within("raised storage_used warning", minuteOf(85), 1, every, slack),
      ...(critical ? [within("worse storage_used critical", minuteOf(95), 1, every, slack)] : []),
      ...reminded.map((after) =>
        within("reminder storage_used warning", minuteOf(85) + after * day, after, every, slack),
      ),
      ...(critical ? [within("reminder storage_used critical", minuteOf(95) + day / 2, 1, every, slack)] : []),
      over("storage_used", minuteOf(85), cleaned, every, slack),
    ],
  };
}

/** A log that runs away on Monday morning: 1.5 % of the disk an hour. */
function runawayLog(every: number): Trace {
  const minuteOf = (percent: number) => 10 * hour + ((percent - 40) / 1.5) * hour;
  const cleaned = 48 * hour;
  const slack = 20;
  return {
    name: "runaway log",
    days: 3,
    every,
    at: (minute, noise) => {
      const filled = minute < 10 * hour || minute >= cleaned ? 40 : 40 + (1.5 * (minute - 10 * hour)) / hour;
      return { observations: disk("/", filled + noise(0.1)) };
    },
    incidents: 1,
    expected: [
      // 36 % are left for 24 hours, 6 % for 4. What is full in 19 hours has filled for 5.
      within("raised storage_full_soon warning", minuteOf(64) + 4.8 * hour, 2, every, slack),
      within("raised storage_used warning", minuteOf(85), 1, every, slack),
      // At half an hour the second run that sees it sees the disk beyond 95 % as well, which says the same.
      ...(every === 1 ? [within("worse storage_full_soon critical", minuteOf(94), 2, every, slack)] : []),
      within("worse storage_used critical", minuteOf(95), 1, every, slack),
      // Which says the end of both.
      over("storage_used", minuteOf(85), cleaned, every, slack),
    ],
  };
}

/** Logs that grow and are rotated; the machine is met in the middle of it. */
function sawtooth(every: number, hours: number, from: number, to: number): Trace {
  const period = hours * hour;
  return {
    name: `logs rotated every ${hours} h`,
    days: every === 1 ? 7 : 90,
    every,
    at: (minute, noise) => ({
      observations: disk("/", from + ((to - from) * ((minute + period / 2) % period)) / period + noise(0.3)),
    }),
    incidents: 0,
    expected: [],
  };
}

/** At two in the morning 18 % more for three hours. */
function nightlyBackup(every: number): Trace {
  return {
    name: "nightly backup",
    days: every === 1 ? 7 : 90,
    every,
    at: (minute, noise) => {
      const written = Math.min(1, Math.max(0, ((minute % day) - 2 * hour) / hour));
      return { observations: disk("/", 66 + (minute % day < 5 * hour ? 18 * written : 0) + noise(0.2)) };
    },
    incidents: 0,
    expected: [],
  };
}

/** A full disk that does not answer for half a day. */
function missingData(every: number): Trace {
  const [full, gone, back, emptied] = [5 * hour, 8 * hour, 20 * hour, 30 * hour];
  return {
    name: "full disk without an answer for 12 h",
    days: 2,
    every,
    at: (minute, noise) => {
      if (minute >= gone && minute < back) return { observations: [] };
      return { observations: disk("/srv", (minute >= full && minute < emptied ? 96.5 : 50) + noise(0.5)) };
    },
    incidents: 1,
    expected: [
      within("raised storage_used critical", full, 1, every),
      within("reminder storage_used critical", back, 1, every),
      over("storage_used", full, emptied, every),
    ],
  };
}

/** A backup disk that is there two hours a night, too full until the fifth. */
function comingAndGoing(every: number): Trace {
  const begins = (night: number) => night * day + hour;
  return {
    name: "full backup disk, there 2 h a night",
    days: 6,
    every,
    at: (minute) => {
      const isThere = minute % day >= hour && minute % day < 3 * hour;
      const backup = isThere ? disk("/backup", minute < begins(4) ? 97 : 50) : [];
      return { observations: [...disk("/", 40), ...backup] };
    },
    incidents: 1,
    expected: [
      within("raised storage_used critical", begins(0), 1, every),
      ...[1, 2].map((night) => within("reminder storage_used critical", begins(night), 1, every)),
      over("storage_used", begins(0), begins(4), every),
    ],
  };
}

/** What disks go through. */
export const storageTraces = (every: number): readonly Trace[] => [
  slowFill(every),
  runawayLog(every),
  sawtooth(every, 5, 62, 74),
  sawtooth(every, 8, 60, 71),
  sawtooth(every, 24, 60, 78),
  nightlyBackup(every),
  missingData(every),
  comingAndGoing(every),
];
