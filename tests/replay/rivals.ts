/*
 * What other programs say of the same numbers: their documented rules, written anew. A trace is a number each five
 * minutes, and a word is a message with what it says the machine is.
 */

/** One message about a CPU. */
export interface Word {
  /** Which five minutes have just passed. */
  readonly index: number;
  readonly isBad: boolean;
  /** It said that it comes again and again, and will be quiet of it. */
  readonly comesAndGoes?: boolean;
}

/** A way of telling what is wrong. */
export interface Teller {
  readonly name: string;
  readonly tell: (points: readonly number[]) => readonly Word[];
}

const minutesPerPoint = 5;

/** Says each change of a state that is found point by point. */
function changes(points: readonly number[], isBadAt: (index: number, wasBad: boolean) => boolean): readonly Word[] {
  let isBad = false;
  return points.flatMap((_, index) => {
    const before = isBad;
    isBad = isBadAt(index, before);
    return isBad === before ? [] : [{ index, isBad }];
  });
}

const averageOf = (points: readonly number[], index: number, minutes: number) => {
  const last = points.slice(Math.max(0, index + 1 - minutes / minutesPerPoint), index + 1);
  return last.reduce((sum, value) => sum + value, 0) / last.length;
};

/** Beszel, internal/alerts/alerts_system.go: the average of some minutes beyond a threshold, told when it begins and ends. */
export const beszel = (percent: number, minutes: number): Teller => ({
  name: `Beszel ${percent} %/${minutes} min`,
  tell: (points) => changes(points, (index) => averageOf(points, index, minutes) > percent),
});

/** Monit's sample file: `if cpu usage > 95% for 10 cycles`, of 120 s; over at the first cycle that is well. */
export const monit: Teller = {
  name: "Monit 95 %, 10 cycles",
  tell: (points) =>
    changes(points, (index) => index >= 3 && points.slice(index - 3, index + 1).every((value) => value > 95)),
};

/** Each time a threshold is crossed. */
export const crossing: Teller = {
  name: "threshold 90 %, each crossing",
  tell: (points) => changes(points, (index) => (points[index] ?? 0) >= 90),
};

/**
 * Netdata, health.d/cpu.conf, 10min_cpu_usage: warning above 85 until below 75, critical above 95 until below 85; `delay:
 * down 15m multiplier 1.5 max 1h`: what gets better is told when it has stayed so for a while, longer each time it did not.
 */
export const netdata: Teller = {
  name: "Netdata",
  tell: (points) => {
    const words: Word[] = [];
    let [status, told, wait, due] = [0, 0, 15, Infinity];
    for (const index of points.keys()) {
      const average = averageOf(points, index, 10);
      const before = status;
      const isCritical = average > (status === 2 ? 85 : 95);
      status = isCritical ? 2 : average > (status >= 1 ? 75 : 85) ? 1 : 0;
      const minute = index * minutesPerPoint;
      if (status !== before) {
        if (due !== Infinity) wait = Math.min(60, wait * 1.5);
        due = status > told ? minute : status < told ? minute + wait : Infinity;
      }
      if (minute < due || status === told) continue;
      words.push({ index, isBad: status > 0 });
      [told, wait, due] = [status, 15, Infinity];
    }
    return words;
  },
};
