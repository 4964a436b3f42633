import { subject } from "../alerts/text.ts";
import { dayMs } from "../clock.ts";
import { createFormat } from "../format.ts";
import type { Machine } from "../host/machine.ts";
import { type Announcement, explain, findingsOf, readTopProcesses } from "../report/explain.ts";
import type { Config } from "../settings/config.ts";
import type { Past } from "../state/past.ts";
import type { Words } from "../words/en.ts";
import type { Measurement } from "./measure.ts";

/** The announcement with its causes; null when nothing changed. */
export async function announce(
  machine: Machine,
  config: Config,
  past: Past,
  measured: Measurement,
  words: Words,
): Promise<Announcement | null> {
  const { host, clock } = machine;
  const { observations, assessment, events, held, report } = measured;
  const { transitions } = assessment;
  if (transitions.length === 0 && events.length === 0 && held.told.length === 0) return null;
  const news = { transitions, events };
  const format = createFormat(config.units);
  const asked = { machine, config, past, news, measured, format, words };
  const isBad = transitions.some(({ to, kind }) => to !== null && kind !== "better") || events.length > 0;
  const [processes, found] = await Promise.all([
    readTopProcesses(news, host, clock, config),
    isBad ? (await import("./inquiry.ts")).inquire(asked) : { lines: [], later: null },
  ]);
  const nowMs = clock.now();
  const hours = past.hoursSince(nowMs - 7 * dayMs);
  const { name, sections } = report(words, []);
  const rows = sections.flatMap((section) => section.rows);
  const byUpdate = transitions.filter(({ kind, byUpdate: isFound }) => kind === "raised" && isFound === true);
  const isFoundByUpdate = byUpdate.length === transitions.length + events.length + held.told.length;
  const ofUpdate = isFoundByUpdate
    ? words.reason.allOfUpdate
    : words.reason.ofUpdate(byUpdate.map((one) => subject(one, words)));
  const seconds = past.lastRun === null ? null : (nowMs - past.lastRun.takenAtMs) / 1000;
  const facts = { observations, processes, hours, seconds, causes: found.lines, format, words };
  const findings = findingsOf(news, rows, words);
  const reasons = [...(byUpdate.length === 0 ? [] : [ofUpdate]), ...explain(news, facts)];
  const { later } = found;
  const tools = new Map(rows.flatMap((row) => Array.from(row.tools ?? [])));
  return { name, nowMs, ...news, found: findings, tools, held: held.told, reasons, later, isFoundByUpdate, words };
}
