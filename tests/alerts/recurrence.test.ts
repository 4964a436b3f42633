import { expect, test } from "bun:test";

import { cpus, disks, told } from "./told.ts";
import { cpu, day, hour } from "../replay/trace.ts";

/*
 * What comes again and again: the third time in a week is said to be so, and is then in the card only.
 */

/** The looks of some days at which the CPUs are busy for so many minutes, once in so many. */
const jobs = (days: number, every: number, period: number, minutes: number) =>
  Array.from({ length: (days * day) / every }, (_, look) => cpu((look * every) % period >= period - minutes ? 97 : 10));

test.each([5, 30])("a nightly job is told four times in 90 days, at %d minutes between looks", (every) => {
  const said = told(jobs(90, every, day, 2 * hour), every);
  expect(said.map((message) => message.split(" ").slice(1, 3).join(" "))).toEqual([
    "raised cpu_busy",
    "recovered cpu_busy",
    // Which says how long it took the last time, and that one more like it is no news.
    "raised cpu_busy",
    "flapping cpu_busy",
  ]);
});

test.each([2, 4, 6, 12, 24])("a job every %d h is not told at each time", (hours) => {
  expect(told(jobs(14, 5, hours * hour, 40), 5)).toHaveLength(4);
});

const night = (busy: number) => `10 x${11 * 2} 97 x${busy * 2} 10 x${26 - 2 * busy}`;

test("one that takes longer than it ever did is told, and its end", () => {
  const nights = [1, 1, 1, 1, 6, 1].map(night).join(" ");
  const kinds = told(cpus(nights), 30).map((message) => message.split(" ")[1]);
  expect(kinds).toEqual(["raised", "recovered", "raised", "flapping", "longer", "recovered", "raised"]);
});

test("the second time is told again when it takes longer than was said", () => {
  const kinds = told(cpus([1, 5].map(night).join(" ")), 30).map((message) => message.split(" ")[1]);
  expect(kinds).toEqual(["raised", "recovered", "raised", "longer", "recovered"]);
});

test("of a disk, which somebody cleans, the end is told each time until the third", () => {
  const kinds = told(disks("50 90 90 50 50 50 90 90 50 50 50 90 90 50 50 50 90 90 50 50"), 30).map(
    (message) => message.split(" ")[1],
  );
  expect(kinds).toEqual(["raised", "recovered", "raised", "recovered", "flapping"]);
});

test("what gets worse than it ever was is told all the same", () => {
  const kinds = told(disks("50 90 50 50 90 50 50 90 50 50 90 96 96 50 50"), 30).map((message) => message.split(" ")[1]);
  expect(kinds).toEqual(["raised", "recovered", "raised", "recovered", "flapping", "worse", "recovered"]);
});

test("it ends after three of its periods, once, with the time from the first to the last", () => {
  const said = told(disks(`50 ${"90 90 50 50 50 50 ".repeat(4)} 50 x40`), 30);
  expect(said.at(-1)).toBe("40 recovered storage_used 50 %");
  expect(said.filter((message) => message.includes("recovered"))).toHaveLength(3);
});

test("three times in more than a week are three times", () => {
  const looks = disks(`90 90 50 x${5 * 48} 90 90 50 x${5 * 48} 90 90 50 50`);
  expect(told(looks, 30).map((message) => message.split(" ")[1])).not.toContain("flapping");
});
