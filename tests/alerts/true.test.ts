import { expect, test } from "bun:test";

import { cpu, disk, one } from "../replay/trace.ts";
import { falseForecasts, sweep } from "../replay/sweep.ts";
import { cpus, disks, series, told } from "./told.ts";

/*
 * What is told is what this look saw: traces in which it once was not.
 */

const withoutLimit = 0;

test("a forecast that another alert inhibited is not told after the disk was cleaned", () => {
  const said = told(disks("70 x12 73 76 79 82 85 88 91 94 97 97 78 x6"), 30);
  expect(said.map((message) => message.split(" ").slice(1).join(" "))).toEqual([
    "raised storage_used warning 85 %",
    "worse storage_used critical 97 %",
    "recovered storage_used 78 %",
  ]);
});

test(
  "of disks that fill up quickly and are cleaned none is said to be about to be full afterwards",
  () => {
    expect(sweep).toHaveLength(384);
    // All of them take a minute: `bun tests/replay/compare.ts --sweep`.
    const some = sweep.filter((_, index) => index % 12 === 5);
    expect(falseForecasts(some)).toEqual([]);
  },
  withoutLimit,
);

test("nothing is back to 99 %", () => {
  for (const every of [5, 10, 30]) {
    const said = [
      ...told(cpus("5 5 95 95 5 5 95 95 5 x7 99 99 99 5 5"), every),
      ...told(cpus("5 95 95 5 5 95 95 5 5 85 x6 99 99 99"), every),
      ...told(cpus("5 95 x6 5 x6 95 x6 5 x6 95 x6 5 x9 99 85 x9 5 99"), every),
    ];
    expect(said.filter((message) => message.includes("recovered") && !message.endsWith(" 5.0 %"))).toEqual([]);
  }
});

test("what is clear of the warning, too, is not told to be no longer critical: one message later it is over", () => {
  expect(told(disks("50 50 96 88 75 75 75"), 30)).toEqual([
    "2 raised storage_used critical 96 %",
    "5 recovered storage_used 75 %",
  ]);
});

test("a value below the threshold, though not below the clear one, is over after half a day, and is reminded of never", () => {
  expect(told(disks("50 86 84 x100"), 30)).toEqual([
    "1 raised storage_used warning 86 %",
    "25 recovered storage_used 84 %",
  ]);
  const nearly = told(cpus(`20 95 x4 ${"88 x40 91 ".repeat(10)}`), 30);
  expect(nearly.filter((message) => message.includes("reminder"))).toEqual([]);
});

test("a reminder waits until the value is beyond the threshold", () => {
  const said = told(disks(`50 96 x23 ${"94 x8 96 ".repeat(6)}`), 30);
  expect(said.filter((message) => message.includes("reminder")).every((message) => message.endsWith("96 %"))).toBe(
    true,
  );
});

test("a page that fails at every second look is told, and one that fails now and then is not", () => {
  const page = (text: string) => series(text).map((up) => [one("http_up", up, { check: "shop" })]);
  expect(told(page(`1 1 ${"0 1 ".repeat(20)}`), 5)).toEqual(["4 raised http_down critical"]);
  expect(told(page(`1 1 1 ${"0 0 1 1 1 1 1 1 ".repeat(1)}`), 5)[0]).toBe("4 raised http_down critical");
  expect(told(page("1 1 1 1 1 1 0 1 1 1 1 1 1 0 1 1 1"), 5)).toEqual([]);
});

test("three runs by hand within 15 s raise no rate and no load", () => {
  const busy = [...cpu(100, 80), one("load_15m_per_core", 9)];
  expect(told([busy, busy, busy], 0.125)).toEqual([]);
});

test("CPUs that are busy for 30 minutes are told, at 1, 5, 10 and 30 minutes between looks, and 20 minutes are not", () => {
  for (const every of [1, 5, 10, 30]) {
    const looks = (minutes: number) => cpus(`10 x${Math.max(2, 60 / every)} 97 x${minutes / every} 10 x${90 / every}`);
    expect(told(looks(30), every)[0]).toContain("raised cpu_busy warning");
    if (every <= 10) expect(told(looks(20), every)).toEqual([]);
  }
});

test("a rate stands for the time since the last report, also when it is the first one", () => {
  expect(told([[], cpu(97), cpu(97)], 30)).toEqual(["1 raised cpu_busy warning 97 %"]);
  // A level at first sight stands for nothing yet.
  const load = [one("load_15m_per_core", 9), one("cpu_cores", 2)];
  expect(told([[], load, load], 30)).toEqual(["2 raised load warning 9.00"]);
});

/** CPUs that are taken by something from a minute on, seen as averages between looks. */
const takenFrom = (begin: number, every: number) =>
  Array.from({ length: 180 / every }, (_, look) => {
    const busyMinutes = Math.min(every, Math.max(0, (look + 1) * every - begin));
    return cpu(10 + (90 * busyMinutes) / every);
  });

test.each([
  [5, 30],
  [10, 40],
  // The look in whose time it begins sees an average below the threshold. The next one is sure.
  [30, 60],
])(
  "at %d minutes between looks, busy CPUs are told %d minutes after their beginning at the latest",
  (every, latest) => {
    for (let begin = 60; begin < 90; begin += 1) {
      const [look = ""] = told(takenFrom(begin, every), every)[0]?.split(" ") ?? [];
      const delay = (Number(look) + 1) * every - begin;
      // Nine minutes in ten are beyond it on average.
      expect(delay).toBeGreaterThanOrEqual(19);
      expect(delay).toBeLessThanOrEqual(latest);
    }
  },
);

test("what lasts exactly as long as it has to is not told by the chance of a cron that is late", () => {
  const looks = (seconds: number) => told(cpus("10 x3 97 x4 10 x6"), 5 + seconds / 60);
  expect([-3, -1, 0, 1, 3].flatMap(looks)).toEqual([]);
});

const readOnly = (percent: number) => [
  ...disk("/", percent).filter(({ name }) => name !== "storage_read_only"),
  one("storage_read_only", 1, { mount: "/" }),
];

test("what is read-only and full, by space or inodes, is not judged; what was raised before stays so", () => {
  const image = [...readOnly(100), one("storage_inodes_used_percent", 100, { mount: "/" })];
  expect(told([image, image, image, image], 30)).toEqual([]);
  const broken = told([disk("/", 40), disk("/", 97), readOnly(97), readOnly(97)], 30);
  expect(broken).toEqual(["1 raised storage_used critical 97 %", "2 raised storage_read_only critical"]);
});

test("swap that is full and idle is not told while memory is there", () => {
  const swap = (used: number, available: number) => [
    one("swap_used_percent", used),
    one("memory_available_percent", available),
  ];
  expect(
    told(
      Array.from({ length: 100 }, () => swap(95, 49)),
      30,
    ),
  ).toEqual([]);
  const short = Array.from({ length: 10 }, () => swap(95, 13));
  expect(told([swap(95, 49), ...short], 30)).toEqual(["2 raised swap_used warning 95 %"]);
  // Memory says it then.
  const gone = Array.from({ length: 10 }, () => swap(95, 8));
  expect(told([swap(95, 49), ...gone], 30)).toEqual(["2 raised memory warning 92 %"]);
});

test("swap on zram is full on purpose, also while memory is short", () => {
  const zram = (inMemory: number) => [
    one("swap_used_percent", 98),
    one("swap_in_memory", inMemory),
    one("memory_available_percent", 13),
  ];
  expect(
    told(
      Array.from({ length: 100 }, () => zram(1)),
      30,
    ),
  ).toEqual([]);
  expect(told([zram(0), zram(0)], 30)).toEqual(["1 raised swap_used warning 98 %"]);
});
