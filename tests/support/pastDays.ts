import { mkdirSync } from "node:fs";

import { openDatabase } from "../../lib/state/database.ts";
import { setValue } from "../../lib/state/keyValue.ts";
import { record } from "../../lib/state/history.ts";

const minuteMs = 60_000;
const everyMs = 30 * minuteMs;
const GiB = 1024 ** 3;

/** A number in [0, 1) that looks random, and is always the same for the same argument. */
const noise = (index: number) => Math.abs(Math.sin(index * 127.1 + 11.7) * 43_758.545_3) % 1;

/** How far into a bump around an hour of the day, 0–1; the day is a circle. */
function bump(hour: number, center: number, width: number): number {
  const distance = Math.abs(((hour - center + 36) % 24) - 12);
  return Math.exp(-((distance / width) ** 2));
}

/** In percent. In the last night a backup takes all there is from 04:00 to 05:00, Tokyo's time. */
function cpuBusy(ms: number, endMs: number): number {
  const hour = hourOf(ms);
  const backup = endMs - ms < 86_400_000 && hour > 3.9 && hour < 5.1 ? 90 : 0;
  return 3 + 9 * bump(hour, 13, 3) + backup + 4 * noise(ms / minuteMs + 1);
}

const hourOf = (ms: number) => (ms / 3_600_000 + 9) % 24;

/** What the captured VPS in Tokyo would have remembered of a time, so that at 21:00 it is as it was captured. */
function numbersAt(ms: number, endMs: number): ReadonlyMap<string, number> {
  const busy = cpuBusy(ms, endMs);
  const [evening, backup] = [bump(hourOf(ms), 20, 3), busy > 80 ? 1 : 0];
  const memory = 42 + 9 * evening + 2 * noise(ms / minuteMs);
  const usedBytes = 34.1 * GiB - ((endMs - ms) / 86_400_000) * 0.62 * GiB + 0.6 * GiB * backup;
  return new Map([
    ['cpu_busy_percent{window="report"}', busy],
    ['network_receive_bytes_per_second{interface="eth0",window="report"}', 1e4 * (3 + 25 * evening + noise(ms))],
    ['network_transmit_bytes_per_second{interface="eth0",window="report"}', 1e4 * (4 + 100 * evening + 180 * backup)],
    ["load_1m", 0.2 + 0.1 * evening + 2 * backup],
    ["memory_used_bytes", memory * 0.02 * GiB],
    ["memory_used_percent", memory],
    ['storage_available_bytes{mount="/"}', 47.5 * GiB - usedBytes],
    ['storage_used_bytes{mount="/"}', usedBytes],
    ['storage_used_percent{mount="/"}', (usedBytes / (47.5 * GiB)) * 100],
    ['storage_used_percent{mount="/boot"}', 12.517591607550914],
    ['storage_used_percent{mount="/boot/efi"}', 5.8854364115452835],
  ]);
}

/** Writes a state of some days, a run every half hour. The backup of the last night was an alert. */
export function writePastDays(directory: string, endMs: number, days = 3): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const opened = openDatabase(directory, endMs);
  if (opened.kind !== "open") throw new Error(opened.reason);
  const { database } = opened;
  database.run("PRAGMA synchronous = OFF");
  const runs = Array.from({ length: days * 48 }, (_, index) => endMs - (index + 1) * everyMs).toReversed();
  database.transaction(() => {
    for (const ms of runs) record(database, ms, numbersAt(ms, endMs));
    const [, fromMs = 0, ...more] = runs.slice(-48).filter((ms) => cpuBusy(ms, endMs) >= 90);
    // It is raised by the second run that is over the limit, and over with the second that is well below.
    const toMs = (more.at(-1) ?? fromMs) + 2 * everyMs;
    const what = { rule: "cpu_busy", labels: { window: "report" }, value: cpuBusy(fromMs, endMs) };
    const incident = { target: "cpu_busy", fromMs, toMs, severity: "warning", ...what };
    setValue(database, "troubles", JSON.stringify([incident]));
    // None of these days has had its digest.
    setValue(database, "digest_days", "[]");
  })();
  database.close();
}
