import { mkdirSync } from "node:fs";

import { openDatabase } from "../../lib/state/database.ts";
import { remember } from "../../lib/state/facts.ts";
import { record } from "../../lib/state/history.ts";

const minuteMs = 60_000;
const GiB = 1024 ** 3;

/** A number in [0, 1) that looks random, and is always the same for the same argument. */
const noise = (index: number) => Math.abs(Math.sin(index * 127.1 + 11.7) * 43_758.545_3) % 1;

/** How far into a bump around an hour of the day, 0–1; the day is a circle. */
function bump(hour: number, center: number, width: number): number {
  const distance = Math.abs(((hour - center + 36) % 24) - 12);
  return Math.exp(-((distance / width) ** 2));
}

/** What the captured VPS in Tokyo would have remembered of a time: a backup in the night, visitors in the evening. */
function numbersAt(ms: number, endMs: number): ReadonlyMap<string, number> {
  const hour = (ms / 3_600_000 + 9) % 24;
  const [evening, backup] = [bump(hour, 20, 3), bump(hour, 4.2, 0.4)];
  const memory = 47 + 10 * evening + 3 * noise(ms / minuteMs);
  const usedBytes = 34.1 * GiB - ((endMs - ms) / 86_400_000) * 0.62 * GiB + 1.2 * GiB * backup;
  return new Map([
    ['cpu_busy_percent{window="report"}', 3 + 20 * evening + 85 * backup + 3 * noise(ms / minuteMs + 1)],
    ['network_receive_bytes_per_second{interface="eth0",window="report"}', 1e4 * (3 + 30 * evening + noise(ms))],
    ['network_transmit_bytes_per_second{interface="eth0",window="report"}', 1e4 * (4 + 70 * evening + 180 * backup)],
    ["load_1m", 0.2 + evening + 2 * backup],
    ["memory_used_bytes", memory * 0.02 * GiB],
    ["memory_used_percent", memory],
    ['storage_available_bytes{mount="/"}', 47.5 * GiB - usedBytes],
    ['storage_used_bytes{mount="/"}', usedBytes],
    ['storage_used_percent{mount="/"}', (usedBytes / (47.5 * GiB)) * 100],
  ]);
}

/**
 * Writes a state of some days, a run every so many minutes, the machine having been off from 9 to 5 hours ago. The backup
 * of the last night was an alert.
 */
export function writePastDays(directory: string, endMs: number, everyMinutes = 30, days = 3): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const opened = openDatabase(directory, endMs);
  if (opened.kind !== "open") throw new Error(opened.reason);
  const { database } = opened;
  database.run("PRAGMA synchronous = OFF");
  const runs = Array.from(
    { length: (days * 1440) / everyMinutes },
    (_, index) => endMs - index * everyMinutes * minuteMs,
  );
  const isOff = (ms: number) => ms > endMs - 9 * 3_600_000 && ms < endMs - 5 * 3_600_000;
  database.transaction(() => {
    for (const ms of runs.slice(1).toReversed()) {
      if (!isOff(ms)) record(database, ms, numbersAt(ms, endMs));
    }
    const backupMs = endMs - 16.8 * 3_600_000;
    const [fromMs, toMs] = [backupMs - 10 * minuteMs, backupMs + 50 * minuteMs];
    const trouble = { target: "cpu_busy", fromMs, toMs, severity: "warning", text: "CPU 91 %" };
    remember(database, "troubles", JSON.stringify([trouble]));
  })();
  database.close();
}
