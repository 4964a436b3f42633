import type { Transition } from "../alerts/alert.ts";
import type { Event } from "../alerts/events.ts";
import { type RuleName, rules } from "../alerts/rules.ts";
import { formatValue } from "../alerts/text.ts";
import { type Clock, dayMs } from "../clock.ts";
import type { Format } from "../format.ts";
import type { KnownObservation, ObservationName } from "../metrics/index.ts";
import { topByCpu, type TopProcesses, topProcesses } from "../metrics/topProcesses.ts";
import type { Host } from "../model/host.ts";
import type { Row } from "../model/metric.ts";
import { observationKey } from "../model/observation.ts";
import type { Rule } from "../model/rule.ts";
import { harmlessHours, type PastHour } from "../past/forecast.ts";
import type { Config } from "../settings/config.ts";
import type { Words } from "../words/en.ts";

/** Two readings of the processes, a moment apart. */
export interface TopProcessReadings {
  readonly before: TopProcesses;
  readonly now: TopProcesses;
}

/** The transitions and events to explain. */
export interface News {
  readonly transitions: readonly Transition[];
  readonly events: readonly Event[];
}

/** Everything that one run announces. */
export interface Announcement extends News {
  /** The machine's name. */
  readonly name: string;
  readonly nowMs: number;
  /** Why: the processes that use most, how fast a disk fills. */
  readonly reasons: readonly string[];
  /** What began and ended while everything was muted, or in quiet hours; told when that ends. */
  readonly held?: readonly string[];
  /** All of it is what rules found that the version before did not have. */
  readonly isFoundByUpdate?: boolean;
  readonly words: Words;
}

/** The facts that the causes come from. */
export interface Facts {
  readonly observations: readonly KnownObservation[];
  readonly rows: readonly Row[];
  readonly processes: TopProcessReadings | null;
  readonly hours: readonly PastHour[];
  readonly format: Format;
  readonly words: Words;
}

const ofCpu: readonly RuleName[] = ["cpu_busy", "cpu_steal", "cpu_iowait", "load"];
const ofMemory: readonly RuleName[] = ["memory", "swap_traffic", "swap_used"];
const isIncident = ({ to }: Transition) => to !== null;
const about = ({ transitions }: News, names: readonly RuleName[]) =>
  transitions.filter((transition) => isIncident(transition) && names.includes(transition.rule));

const isOfProcesses = (news: News) =>
  about(news, [...ofCpu, ...ofMemory]).length > 0 || news.events.some(({ kind }) => kind === "killed");

/** How long processes are sampled for their share of the CPU. */
const watchMs = 500;

/** Reads the processes when they could be the reason for something; null when not, or when they cannot be read. */
export async function readTopProcesses(
  news: News,
  host: Host,
  clock: Clock,
  config: Config,
): Promise<TopProcessReadings | null> {
  if (!isOfProcesses(news)) return null;
  try {
    const before = await topProcesses.collect(host, config);
    await clock.sleep(watchMs);
    return { before, now: await topProcesses.collect(host, config) };
  } catch {
    return null;
  }
}

/** Sentences that say why: what was found, who uses the CPU and the memory, what dominates, how fast a disk fills. Pure. */
export function explain(news: News, facts: Facts): readonly string[] {
  const { observations, rows, processes, format, words } = facts;
  const { topCpu, topMemory, user } = words.reason;
  const users = processes === null ? [] : (topByCpu(processes.before, processes.now) ?? []);
  const largest = processes?.now.largest ?? [];
  const cpuLine = topCpu(users.map(({ name, percent }) => user(name, words.percent(percent))));
  const memoryLine = topMemory(largest.map(({ name, residentBytes }) => user(name, format.bytes(residentBytes))));
  const speeds = about(news, ["storage_used", "storage_full_soon"]).flatMap((transition) =>
    fillingSpeed(transition, facts),
  );
  return [
    ...findings(news, rows, words),
    ...(about(news, ofCpu).length > 0 ? dominating(observations, words) : []),
    ...(users.length > 0 ? [cpuLine] : []),
    ...(largest.length > 0 ? [memoryLine] : []),
    // Two rules may be about the same disk.
    ...new Set(speeds),
  ];
}

/** The report's line on a yes/no state: `nginx: failed (exit-code)`, `blog: answers 502`. */
function findings({ transitions }: News, rows: readonly Row[], words: Words): readonly string[] {
  const keyOf = ({ rule, labels }: Transition) => {
    const { notation, observation }: Rule = rules[rule];
    return notation === "state" ? observationKey({ name: observation, labels }) : "";
  };
  const keys = new Set(transitions.filter(isIncident).map(keyOf));
  const found = rows.filter(({ about: own }) => own.some((key) => keys.has(key)));
  return found.map(({ label, lines }) => words.reason.finding(label, lines));
}

/** Busy CPUs are one thing, waiting for a disk or for the host another: say so where it is the larger part. */
function dominating(observations: readonly KnownObservation[], words: Words): readonly string[] {
  const { reason } = words;
  const window = { window: "report" };
  const tell = (state: "busy" | "iowait" | "steal", share: number) =>
    words.percent(share, words.thresholdsOf(`cpu_${state}_percent`, window));
  const shareOf = (state: "busy" | "iowait" | "steal") =>
    observations.find(({ name, labels }) => name === `cpu_${state}_percent` && labels["window"] === "report")?.value ??
    0;
  const [busy, iowait, steal] = [shareOf("busy"), shareOf("iowait"), shareOf("steal")];
  if (iowait > busy) return [reason.iowait(tell("iowait", iowait), tell("busy", busy))];
  return steal > busy / 2 && steal > 0 ? [reason.steal(tell("steal", steal))] : [];
}

/** From a straight line through at least a day of hours; less says nothing of a rhythm of days. */
function fillingSpeed({ labels }: Transition, { observations, hours, format, words }: Facts): readonly string[] {
  const key = observationKey<ObservationName>({ name: "storage_used_bytes", labels });
  const left = observations.find(
    ({ name, labels: own }) => name === "storage_available_bytes" && own["mount"] === labels["mount"],
  )?.value;
  const seen = hours.flatMap(({ startMs, numbers }) => {
    const bytes = numbers.get(key)?.average;
    return bytes === undefined ? [] : [{ startMs, bytes }];
  });
  const [first, last] = [seen[0], seen.at(-1)];
  if (left === undefined || first === undefined || last === undefined || last.startMs - first.startMs < dayMs)
    return [];
  const bytesADay = ((last.bytes - first.bytes) / (last.startMs - first.startMs)) * dayMs;
  if (bytesADay <= 0) return [];
  const hoursLeft = (left / bytesADay) * 24;
  const soon = observations.find(
    ({ name, labels: own }) => name === "storage_full_in_hours" && own["mount"] === labels["mount"],
  );
  // One message must not name two times, so the faster of both forecasts is named.
  const [{ mount = "" }, { reason }] = [labels, words];
  return soon !== undefined && soon.value < Math.min(hoursLeft, harmlessHours)
    ? [
        reason.fillsByHour(
          mount,
          format.bytes(left / soon.value),
          formatValue(soon.value, "storage_full_soon", labels, words),
        ),
      ]
    : [reason.fillsByDay(mount, format.bytes(bytesADay), words.duration(hoursLeft * 3600))];
}
