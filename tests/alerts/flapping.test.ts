import { expect, test } from "bun:test";

import { newTarget, turn } from "../../lib/alerts/state.ts";

const minute = 60_000;

/** `u` up, `d` down, `.` neither, a run each; what comes out are the runs in which it counts as flapping. */
function flapping(changes: string, every = 30 * minute): string {
  let turning: ReturnType<typeof turn> = newTarget(0);
  const marks = [...changes].map((change, run) => {
    turning = turn(turning, change === "u" ? "up" : change === "d" ? "down" : null, run * every);
    return turning.flapping ? "f" : ".";
  });
  return marks.join("");
}

test("three turns in six runs are flapping", () => {
  expect(flapping("u.d.u")).toBe("....f");
  expect(flapping("u..d.u")).toBe(".....f");
});

test("three turns in seven runs are not, at half an hour", () => {
  expect(flapping("u...d.u")).toBe(".......");
});

test("worse in two steps and back is no flapping: a disk that fills and is emptied", () => {
  expect(flapping("uu.d..")).toBe("......");
});

test("it is stable after six runs without a turn", () => {
  expect(flapping("u.d.u......")).toBe("....ffffff.");
});

test("a turn meanwhile begins the wait anew, and it is three times as long as turns are apart", () => {
  expect(flapping("u.d.u...d........")).toBe("....ffffffffffff.");
});

test("what has settled begins anew: one more turn is no flapping", () => {
  expect(flapping("u.d.u......d")).toBe("....ffffff..");
});

test("a job every half hour, seen each minute, flaps the third time, and for as long as it goes on", () => {
  const job = `u.......d${".".repeat(21)}`;
  const marks = flapping(job.repeat(8), minute);
  expect(marks.indexOf("f")).toBe(60);
  expect(marks.slice(60)).toBe("f".repeat(180));
});

test("once an evening is no flapping", () => {
  const evening = `u.....d${".".repeat(41)}`;
  expect(flapping(evening.repeat(5))).not.toContain("f");
});
