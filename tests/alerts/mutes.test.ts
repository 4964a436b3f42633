import { expect, test } from "bun:test";

import type { Mute } from "../../lib/alerts/alert.ts";
import { endedMutes, everything, muteOf, noSilence, isSilenced } from "../../lib/alerts/mutes.ts";
import { isQuietAt } from "../../lib/settings/announcements.ts";

const muted = (target: string, untilMs: number | null = null): Mute => ({ target, sinceMs: 0, untilMs, why: null });
const labels = { mount: "/mnt/media" };
const silence = (...mutes: readonly Mute[]) => ({ ...noSilence, mutes, nowMs: 10 });

test.each([
  ["storage_used /mnt/media", true],
  ["/mnt/media", true],
  [everything, true],
  ["storage_used", false],
  ["storage_full_soon /mnt/media", false],
  ["/mnt", false],
])("%s mutes the used share of /mnt/media: %p", (target, isMuted) => {
  expect(muteOf(silence(muted(target, 20)), "storage_used", labels) !== null).toBe(isMuted);
});

test("a rule without a target is muted by its name, also where all its targets share a label", () => {
  expect(muteOf(silence(muted("cpu_busy", 20)), "cpu_busy", { window: "report" })).not.toBeNull();
});

test("a mute that is over keeps nothing quiet, and one until over lets the end through", () => {
  expect(isSilenced(silence(muted("/mnt/media", 10)), "storage_used", labels, "critical")).toBe(false);
  expect(isSilenced(silence(muted("/mnt/media")), "storage_used", labels, "critical")).toBe(true);
  expect(isSilenced(silence(muted("/mnt/media")), "storage_used", labels, null)).toBe(false);
  expect(isSilenced(silence(muted("/mnt/media", 20)), "storage_used", labels, null)).toBe(true);
});

test("a mute ends with its time, or when nothing that it is about is wrong any more", () => {
  const [timed, past, open] = [muted("/a", 20), muted("/b", 10), muted("/mnt/media")];
  const alert = { rule: "storage_used", key: "", labels, severity: "warning", value: 90 } as const;
  const alerts = [{ ...alert, sinceMs: 0, easing: false, lastSeenMs: null }];
  expect(endedMutes(silence(timed, past, open), {}, alerts)).toEqual([past]);
  expect(endedMutes(silence(timed, past, open), {}, [])).toEqual([past, open]);
});

test("quiet hours hold back all but what is critical, over midnight and within a day", () => {
  const at = (time: string, quiet?: string) =>
    isQuietAt(Date.parse(`2026-08-01T${time}:00Z`), quiet === undefined ? {} : { quiet }, "UTC");
  expect(["22:59", "23:00", "06:59", "07:00"].map((time) => at(time, "23:00-07:00"))).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect(["12:59", "13:00", "14:00"].map((time) => at(time, "13:00-14:00"))).toEqual([false, true, false]);
  expect(at("23:30")).toBe(false);
  const night = { ...noSilence, isQuiet: true };
  const told = [null, "warning", "critical"] as const;
  expect(told.map((to) => isSilenced(night, "storage_used", labels, to))).toEqual([true, true, false]);
});
