import { classicBytes, classicTime } from "../../format.ts";
import type { ObservationName } from "../../metrics/index.ts";
import type { Report } from "../../report/report.ts";
import { classic } from "../../words/classic.ts";
import type { DiscordMessage } from "./message.ts";

/**
 * The message of the original program: the same keys, order, names and number formats; only the numbers are right, so
 * that storage is the root file system as `df` shows it. What could not be measured says so.
 */
export function renderClassic(report: Report, timezone: string | null): DiscordMessage {
  const value = (name: ObservationName, write: (value: number) => string, mount?: string) => {
    const found = report.observations.find(
      (observation) => observation.name === name && (mount === undefined || observation.labels["mount"] === mount),
    );
    return found === undefined ? classic.notMeasured : write(found.value);
  };
  const percent = (number: number) => `${number.toFixed(2)}%`;
  const storage = report.snapshot.readings.storage;
  const mounts = storage.status === "ok" ? storage.value.map(({ mount }) => mount) : [];
  const disk = mounts.includes("/") ? "/" : (mounts[0] ?? "/");
  const memory = `${value("memory_used_bytes", classicBytes)} / ${value("memory_total_bytes", classicBytes)}`;
  const fields = [
    [classic.memory, memory],
    [classic.memoryShare, value("memory_used_percent", percent)],
    [classic.storage, value("storage_used_bytes", classicBytes, disk)],
    [classic.storageShare, value("storage_used_percent", percent, disk)],
    [classic.cpu, value("cpu_busy_percent", percent)],
  ] as const;
  return {
    username: classic.author,
    embeds: [
      {
        title: classic.title(classicTime(new Date(report.snapshot.takenAtMs), timezone)),
        fields: fields.map(([name, text]) => ({ name, value: text, inline: false })),
      },
    ],
  };
}
