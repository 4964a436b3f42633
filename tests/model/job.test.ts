import { expect, test } from "bun:test";

import { isJobName, type JobRecord, type JobRun, judgeJob, parseRecord, withRun } from "../../lib/model/job.ts";

const hour = 3_600_000;
const day = 24 * hour;

const record = (...runs: readonly JobRun[]): JobRecord => ({ job: "backup", runs: [...runs], lastLines: [] });
/** A run that began at an hour, took some minutes, and ended so. */
const ran = (atHour: number, minutes = 10, exit = 0): JobRun => {
  const startedAt = atHour * hour;
  return { startedAt, endedAt: startedAt + minutes * 60_000, exit };
};
const begun = (atHour: number): JobRun => ({ startedAt: atHour * hour, endedAt: null, exit: null });
/** What is found at an hour, on a machine that was started at another. */
const at = (atHour: number, runs: readonly JobRun[], bootedAtHour = 0) =>
  judgeJob(record(...runs), atHour * hour, bootedAtHour * hour);

const daily = Array.from({ length: 10 }, (_, index) => ran(3 + index * 24));

test("a job that never ran is no news", () => {
  expect(at(5, [])).toBeNull();
});

test("one that ended well is told with its age and how long it took", () => {
  expect(at(8, [ran(3, 12)])).toMatchObject({ state: "ok", ago: 4.8 * 3600, took: 720, isLate: false, isSlow: false });
});

test("one that ended with another status than 0 failed", () => {
  expect(at(8, [ran(3, 12, 137)])).toMatchObject({ state: "failed", exit: 137 });
});

test("one that began before the machine was started was cut off, and one that began after it runs", () => {
  expect(at(8, [begun(3)], 4)).toMatchObject({ state: "unfinished", isSlow: false, isLate: false });
  expect(at(8, [begun(5)], 4)).toMatchObject({ state: "running", took: 3 * 3600 });
});

test("one that runs, or ran, more than twice as long as usual is slow, by a minute at least", () => {
  const usual = daily.slice(0, 3);
  expect(at(75 + 0.3, [...usual, begun(75)])).toMatchObject({ isSlow: false });
  expect(at(75 + 0.4, [...usual, begun(75)])).toMatchObject({ isSlow: true, usualTook: 600 });
  expect(at(80, [...usual, ran(75, 21)])).toMatchObject({ state: "ok", isSlow: true });
  const short = [ran(3, 0.1), ran(27, 0.1), ran(51, 0.1)];
  expect(at(80, [...short, ran(75, 1)])).toMatchObject({ isSlow: false });
});

test("one that did not begin a quarter later than ever is late", () => {
  const last = 3 + 9 * 24;
  expect(at(last + 30, daily)).toMatchObject({ isLate: false });
  expect(at(last + 31, daily)).toMatchObject({ isLate: true, usualPause: 86_400 });
  expect(at(last + 31, daily.slice(-2))).toMatchObject({ isLate: false });
});

test("a job of workdays is not late on its weekends, the first one included", () => {
  const workdays = [0, 1, 2, 3, 4, 7, 8, 9, 10, 11].map((index) => ran(3 + index * 24));
  for (let known = 1; known <= workdays.length; known++) {
    const runs = workdays.slice(0, known);
    const next = (workdays[known]?.startedAt ?? 14 * day) / hour;
    expect(at(next - 1, runs)?.isLate).toBe(false);
  }
});

test("a record keeps thirty runs, and a run that ends replaces its beginning", () => {
  let all = record();
  for (let index = 0; index < 40; index++) {
    all = withRun(all, begun(index));
    all = withRun(all, ran(index), [`line ${index}`]);
  }
  expect(all.runs).toHaveLength(30);
  expect(all.runs.at(-1)).toEqual(ran(39));
  expect(all.lastLines).toEqual(["line 39"]);
});

test("a file that is none of ours is an empty record", () => {
  for (const text of ["", "{", "[]", '{"job":"backup","runs":[{"startedAt":"x"}],"lastLines":[]}']) {
    expect(parseRecord("backup", text)).toEqual(record());
  }
});

test("a name is a file's name that is none of a directory above", () => {
  expect(["pg_dump", "バックアップ", "Nightly backup", "a".repeat(60)].filter((name) => !isJobName(name))).toEqual([]);
  expect(["", ".x", "../x", "a/b", "a\nb", " a", "a ", "a".repeat(61), "-x"].filter(isJobName)).toEqual([]);
});
