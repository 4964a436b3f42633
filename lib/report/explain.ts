import type { Transition } from "../alerts/alert.ts";
import type { Event } from "../alerts/events.ts";
import type { Held } from "../alerts/mutes.ts";
import { type RuleName, rules } from "../alerts/rules.ts";
import { type Clock, dayMs } from "../clock.ts";
import type { Format } from "../format.ts";
import type { KnownObservation, ObservationName } from "../metrics/index.ts";
import { topByCpu, type TopProcesses, topProcesses } from "../metrics/topProcesses.ts";
import type { Host } from "../model/host.ts";
import type { Row } from "../model/metric.ts";
import { observationKey, valuesByKey } from "../model/observation.ts";
import type { Rule } from "../model/rule.ts";
import { harmlessHours, type PastHour } from "../past/forecast.ts";
import type { MetricSettings } from "../model/settings.ts";
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
  /** More of them, which took too long to wait for; null or not there for none. */
  readonly later?: Promise<readonly string[]> | null;
  /** What the report says of a yes/no state, by the key of its observation: `failed (exit-code)`. */
  readonly found?: ReadonlyMap<string, string>;
  /** The program that shows more of an observation, by its key, where it is not the usual one: `podman`. */
  readonly tools?: ReadonlyMap<string, string>;
  /** What began and ended while everything was muted, or in quiet hours; told when that ends. */
  readonly held?: readonly Held[];
  /** All of it is what rules found that the version before did not have. */
  readonly isFoundByUpdate?: boolean;
  readonly words: Words;
}

/** The facts that the causes come from. */
export interface Facts {
  readonly observations: readonly KnownObservation[];
  readonly processes: TopProcessReadings | null;
  readonly hours: readonly PastHour[];
  /** Since the last run; null where there was none. */
  readonly seconds: number | null;
  /** What an inquiry found, in words, the likeliest first. */
  readonly causes?: readonly string[];
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
  config: MetricSettings,
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

/** Facts that say why: who uses the CPU and the memory, what dominates, how fast a disk fills. Pure. */
export function explain(news: News, facts: Facts): readonly string[] {
  const { observations, seconds, words, causes = [] } = facts;
  // Two rules may be about the same disk.
  const disks = Map.groupBy(about(news, ["storage_used", "storage_full_soon"]), ({ labels }) => labels["mount"]);
  const isAlone = news.transitions.length + news.events.length === 1;
  const values = disks.size === 0 ? new Map<string, number>() : valuesByKey(observations);
  const speeds = [...disks.values()].flatMap((transitions) => fillingSpeed(transitions, values, facts, isAlone));
  const killed = news.events.some(({ kind }) => kind === "killed") ? availableNow(facts) : null;
  return [
    ...speeds,
    ...causes,
    ...(killed === null ? [] : [killed.text]),
    ...(about(news, ["swap_traffic"]).length > 0 && seconds !== null ? [words.reason.swapped(seconds)] : []),
    ...(about(news, ["cpu_busy", "load"]).length > 0 ? dominating(observations, words) : []),
    // Those that were killed for a limit of their own are not among them.
    ...(killed?.isPlenty === true && about(news, [...ofCpu, ...ofMemory]).length === 0 ? [] : users(news, facts)),
  ];
}

/** Who uses what there is too little of. */
function users(news: News, { processes, format, words }: Facts): readonly string[] {
  if (processes === null) return [];
  const { topCpu, topMemory, user, waiting } = words.reason;
  const { largest, waiting: stuck = [] } = processes.now;
  const busy = topByCpu(processes.before, processes.now) ?? [];
  const wait = about(news, ["cpu_iowait", "load"]).length > 0 && stuck.length > 0;
  const isOfCpu = about(news, ofCpu).length > 0 && busy.length > 0;
  const isOfMemory = (about(news, ofMemory).length > 0 || news.events.length > 0) && largest.length > 0;
  return [
    ...(wait ? [waiting(stuck)] : []),
    ...(isOfCpu ? [topCpu(busy.map(({ name, percent }) => user(name, words.percent(percent))))] : []),
    ...(isOfMemory
      ? [topMemory(largest.map(({ name, residentBytes }) => user(name, format.bytes(residentBytes))))]
      : []),
  ];
}

/** Memory that is there by now says whose limit it was. */
function availableNow({ observations, format, words }: Facts) {
  const bytes = (name: ObservationName) => observations.find((one) => one.name === name)?.value;
  const [available, all] = [bytes("memory_available_bytes"), bytes("memory_total_bytes")];
  if (available === undefined || all === undefined) return null;
  const isPlenty = available > all / 4;
  const { reason } = words;
  const amount = reason.available(format.bytesOf(available, all));
  return { isPlenty, text: isPlenty ? [amount, reason.ownLimit].join(" · ") : amount };
}

/** What the report's row says of each yes/no state that is news, by the key of its observation. */
export function findingsOf({ transitions }: News, rows: readonly Row[], words: Words): ReadonlyMap<string, string> {
  const found = transitions.filter(isIncident).flatMap(({ rule, labels }) => {
    if (!saysMore.has(rule)) return [];
    const { observation }: Rule = rules[rule];
    const key = observationKey({ name: observation, labels });
    const row = rows.find(({ about: own }) => own.some((one) => one === key));
    if (row === undefined) return [];
    return [[key, row.each?.get(key) ?? words.list(row.lines)] as const];
  });
  return new Map(found);
}

/** Rules whose row says what is wrong, and not only that. */
const saysMore: ReadonlySet<RuleName> = new Set<RuleName>([
  "service_down",
  "service_not_enabled",
  "units",
  "container_stopped",
  "raid",
  "raid_inactive",
  "zfs_pool",
  "btrfs",
  "smart",
  "smart_pending",
  "http_down",
  "tcp_down",
  "probe",
  "probe_unknown",
]);

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

/** What is left of a disk, how fast it fills, and when it is full, unless the headline says that. */
function fillingSpeed(
  transitions: readonly Transition[],
  values: ReadonlyMap<string, number>,
  { hours, format, words }: Facts,
  isAlone: boolean,
): readonly string[] {
  const labels = transitions[0]?.labels ?? {};
  const { mount = "" } = labels;
  const of = (name: ObservationName) => values.get(observationKey({ name, labels }));
  const left = of("storage_available_bytes");
  if (left === undefined) return [];
  const { reason } = words;
  const isBetter = transitions.some(({ kind }) => kind === "better");
  const speed = isBetter
    ? null
    : speedOf(hours, observationKey<ObservationName>({ name: "storage_used_bytes", labels }));
  const hoursLeft = speed === null ? Infinity : (left / speed) * 24;
  const soon = of("storage_full_in_hours") ?? Infinity;
  // One message must not name two times, so the faster of both forecasts is named.
  const isSoon = !isBetter && soon < Math.min(hoursLeft, harmlessHours);
  const byDay = speed === null ? [] : [reason.fillsByDay(format.bytes(speed))];
  const filling = isSoon ? [reason.fillsByHour(format.bytes(left / soon))] : byDay;
  const isTold = filling.length === 0 || transitions.some(({ rule }) => rule === "storage_full_soon");
  const full = isTold ? [] : [reason.fullIn(words.roughly((isSoon ? soon : hoursLeft) * 3600))];
  const wanted: ObservationName = "storage_used_percent";
  const used = of(wanted);
  const isForecast = used !== undefined && transitions.every(({ rule }) => rule === "storage_full_soon");
  const now = isForecast ? [reason.usedNow(words.percentUp(used, words.thresholdsOf(wanted, labels)))] : [];
  const all = [...now, reason.left(format.bytes(left)), ...filling, ...full];
  return [isAlone ? words.list(all) : reason.finding(mount, all)];
}

/** Bytes a day, from a straight line through at least a day of hours; less says nothing of a rhythm of days. */
function speedOf(hours: readonly PastHour[], key: string): number | null {
  const seen = hours.flatMap(({ startMs, numbers }) => {
    const bytes = numbers.get(key)?.average;
    return bytes === undefined ? [] : [{ startMs, bytes }];
  });
  const [first, last] = [seen[0], seen.at(-1)];
  if (first === undefined || last === undefined || last.startMs - first.startMs < dayMs) return null;
  const bytesADay = ((last.bytes - first.bytes) / (last.startMs - first.startMs)) * dayMs;
  return bytesADay > 0 ? bytesADay : null;
}
