import { expect, test } from "bun:test";

import { madeDisks, ourForecasts, scoreForecasts } from "./forecasts.ts";
import { ordinary } from "./loadTraces.ts";
import { ours } from "./ours.ts";
import { replay } from "./replay.ts";
import { beszel, crossing, monit, netdata } from "./rivals.ts";
import { score } from "./score.ts";
import { nabShaped, planetLabShaped } from "./shaped.ts";

/*
 * A part of what `bun tests/replay/compare.ts --shaped SEED` prints, and days on which nothing happens.
 */

const withoutLimit = 0;
const seed = 2;
const rivals = [beszel(80, 10), beszel(90, 10), beszel(90, 30), monit, netdata, crossing];
const shaped = [
  ["PlanetLab", planetLabShaped(seed)],
  ["NAB", nabShaped(seed)],
] as const;

test.each(shaped)(
  "on traces shaped after %s's this program says less than all that find as many incidents",
  (_, traces) => {
    for (const every of [5, 30]) {
      const mine = score(ours(every), traces);
      const asGood = rivals.map((rival) => score(rival, traces)).filter(({ found }) => found >= mine.found);
      expect(asGood.map(({ name }) => name)).toContain("Beszel 90 %/30 min");
      expect(asGood.filter(({ messages }) => messages <= mine.messages)).toEqual([]);
      if (every === 30) continue;
      // At five minutes it finds all of them, within half an hour.
      expect(mine.incidents).toBeGreaterThan(100);
      expect(mine.found).toBe(mine.incidents);
      expect(mine.delays[1]).toBeLessThanOrEqual(30);
    }
  },
  withoutLimit,
);

test.each([5, 30])(
  "of 90 quiet days nothing is said, at %d minutes between looks",
  (every) => {
    expect(replay({ ...ordinary(every), days: 90 })).toEqual([]);
  },
  withoutLimit,
);

test(
  "each disk that gets full is told before it is",
  () => {
    const { fulls, told, forecasts } = scoreForecasts(madeDisks(seed, 12), (fill) => ourForecasts(fill, 30));
    expect(fulls).toBeGreaterThan(5);
    expect(told).toBe(fulls);
    expect(forecasts).toBeLessThan(fulls);
  },
  withoutLimit,
);
