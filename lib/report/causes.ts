import type { Transition } from "../alerts/alert.ts";
import type { RuleName } from "../alerts/rules.ts";
import { hourMs } from "../clock.ts";
import { type Format, printable } from "../format.ts";
import type { Group } from "../proc/groups.ts";
import type { Victim } from "../proc/kernelLog.ts";
import type { CauseWords } from "../words/en/causes.ts";
import type { Words } from "../words/en.ts";
import type { News } from "./explain.ts";

/** What a look into the machine found that could be a cause. Null and empty: nothing, or it cannot be known. */
export interface Clues {
  /** Units and containers at both ends of a moment. */
  readonly groups: {
    readonly before: readonly Group[];
    readonly now: readonly Group[];
    readonly seconds: number;
  } | null;
  /** The memory of each some time ago, by its name. */
  readonly usual: { readonly seconds: number; readonly memory: Readonly<Record<string, number>> } | null;
  readonly cores: number | null;
  readonly memoryBytes: number | null;
  readonly victims: readonly Victim[];
  readonly forksPerSecond: number | null;
  /** Processes that read from disks and write to them, the busiest first. */
  readonly traffic: readonly { readonly process: string; readonly bytesPerSecond: number }[];
  readonly flood: { readonly address: string; readonly part: number; readonly whole: number } | null;
  /** Members that an array had at the last look. */
  readonly gone: readonly { readonly array: string; readonly members: readonly string[] }[];
  /** Why what could not be read could not. */
  readonly unread: readonly string[];
  readonly happenings: readonly Happening[];
}

/** Something that happened before an alert. */
export interface Happening {
  readonly kind: "reboot" | "kill" | "start" | "job" | "package" | "change" | "alert";
  readonly atMs: number;
  /** What it is about: a unit, a package, a mount point. */
  readonly subject: string;
  readonly text: string;
}

/** How far back a cause is looked for. */
export const causesMs = 2 * hourMs;

const families = {
  memory: ["memory", "swap_used", "swap_traffic"],
  swap: ["swap_used", "swap_traffic"],
  cpu: ["cpu_busy", "load"],
  disks: ["cpu_iowait", "load"],
  storage: ["storage_used", "storage_full_soon", "storage_inodes"],
  flood: ["conntrack"],
  host: ["cpu_steal"],
} as const satisfies Record<string, readonly RuleName[]>;
export type Family = keyof typeof families;

const isBad = ({ to }: Transition) => to !== null;

/** Whether news is of a family of rules. */
export const isOf = ({ transitions }: News, family: Family): boolean =>
  transitions.some((one) => isBad(one) && families[family].some((rule) => rule === one.rule));

/** The news that something was killed for lack of memory. */
export const tellsKills = ({ events }: News): boolean => events.some(({ kind }) => kind === "killed");

/** So many of each: a line has to be read. */
const shown = 3;
/** A unit with less of the CPUs than this is no cause. */
const leastPercent = 5;

/** The likeliest causes, a line each, the likeliest first; what happened before is the last. Pure. */
export function tellCauses(
  news: News,
  clues: Clues,
  nowMs: number,
  words: Words,
  forms: CauseWords,
  format: Format,
): readonly string[] {
  const lines = [
    ...(clues.victims.length === 0 ? [] : [tellVictims(clues.victims, forms, format)]),
    ...(isOf(news, "memory") ? tellMemory(clues, forms, format) : []),
    ...(isOf(news, "swap") ? tellSwap(clues, forms, format) : []),
    ...(isOf(news, "cpu") ? tellCpu(clues, words, forms) : []),
    ...(clues.traffic.length === 0 ? [] : [tellTraffic(clues.traffic, forms, format)]),
    ...(clues.flood === null ? [] : [forms.flood(clues.flood.address, clues.flood.part, clues.flood.whole)]),
    ...clues.gone.map(({ array, members }) => forms.gone(array, members)),
    ...(isOf(news, "host") && !isOf(news, "cpu") ? [forms.host] : []),
    ...clues.unread,
  ].map((line) => printable(line));
  const before = likely(news, clues.happenings, lines, nowMs).map(({ text, atMs }) =>
    forms.ago(printable(text), (nowMs - atMs) / 1000),
  );
  return [...lines, ...(before.length === 0 ? [] : [forms.before(before)])];
}

const nameOf = ({ name, isContainer }: Group, forms: CauseWords) => (isContainer ? forms.container(name) : name);

function tellVictims(victims: readonly Victim[], forms: CauseWords, format: Format): string {
  const last = victims.slice(-shown).toReversed();
  const groupOf = ({ group }: Victim) => group?.split("/").findLast((part) => part !== "") ?? null;
  return forms.killed(last.map((one) => forms.victim(one.process, format.bytes(one.residentBytes), groupOf(one))));
}

/** The units that grew most, or the largest where none grew by much. */
function tellMemory({ groups, usual, memoryBytes }: Clues, forms: CauseWords, format: Format): readonly string[] {
  const all = (groups?.now ?? []).flatMap((group) => {
    const { name, memoryBytes: bytes } = group;
    const before = usual?.memory[name];
    const grown = bytes === null || before === undefined ? 0 : bytes - before;
    return bytes === null || bytes === 0 ? [] : [{ name: nameOf(group, forms), bytes, grown }];
  });
  const much = (memoryBytes ?? Infinity) / 20;
  const hasGrown = all.some(({ grown }) => grown > much);
  const size = ({ bytes, grown }: (typeof all)[number]) => (hasGrown ? grown : bytes);
  const users = all.toSorted((one, other) => size(other) - size(one)).slice(0, shown);
  const say = ({ name, bytes, grown }: (typeof all)[number]) =>
    usual !== null && grown > much / 5
      ? forms.grownUser(name, format.bytes(bytes), format.bytes(grown), usual.seconds)
      : forms.user(name, format.bytes(bytes));
  return users.length === 0 ? [] : [forms.memoryByUnit(users.map(say))];
}

function tellSwap({ groups }: Clues, forms: CauseWords, format: Format): readonly string[] {
  const users = (groups?.now ?? [])
    .filter(({ swapBytes }) => (swapBytes ?? 0) > 0)
    .toSorted((one, other) => (other.swapBytes ?? 0) - (one.swapBytes ?? 0))
    .slice(0, shown);
  const say = (group: Group) => forms.user(nameOf(group, forms), format.bytes(group.swapBytes ?? 0));
  return users.length === 0 ? [] : [forms.swapByUnit(users.map(say))];
}

function tellCpu({ groups, cores, forksPerSecond }: Clues, words: Words, forms: CauseWords): readonly string[] {
  const before = new Map((groups?.before ?? []).map(({ name, cpuMicros }) => [name, cpuMicros]));
  const microseconds = (groups?.seconds ?? 0) * (cores ?? 0) * 1e6;
  const users = (groups?.now ?? [])
    .map((group) => {
      const { name, cpuMicros } = group;
      const then = before.get(name) ?? null;
      const spent = cpuMicros === null || then === null ? 0 : cpuMicros - then;
      return { name: nameOf(group, forms), percent: Math.min(100, (spent * 100) / microseconds) };
    })
    .filter(({ percent }) => percent >= leastPercent)
    .toSorted((one, other) => other.percent - one.percent)
    .slice(0, shown);
  const manyForks = 100;
  return [
    ...(users.length === 0
      ? []
      : [forms.cpuByUnit(users.map(({ name, percent }) => forms.user(name, words.percent(percent))))]),
    ...(forksPerSecond !== null && forksPerSecond >= manyForks ? [forms.forks(Math.round(forksPerSecond))] : []),
  ];
}

const tellTraffic = (traffic: Clues["traffic"], forms: CauseWords, format: Format) =>
  forms.traffic(
    traffic.slice(0, shown).map(({ process, bytesPerSecond }) => forms.rate(process, format.bytes(bytesPerSecond))),
  );

/** How likely a kind of happening is the cause of a rule, before anything is known of its subject. */
const weights: Readonly<Record<Happening["kind"], (rule: RuleName | null) => number>> = {
  reboot: (rule) => (rule === null || /^(?:storage_|conntrack|certificate|job_)/.test(rule) ? 0 : 3),
  kill: (rule) =>
    rule !== null && /^(?:service_down|units|unit_restarts|container|http_down|tcp_down|probe)/.test(rule) ? 3 : 1,
  start: () => 1,
  job: (rule) => (rule !== null && /^(?:cpu_|load|memory|swap_|storage_)/.test(rule) ? 2 : 0),
  package: (rule) => (rule === null || /^(?:storage_|conntrack|certificate)/.test(rule) ? 1 : 2),
  change: () => 1,
  alert: (rule) =>
    rule !== null && /^(?:http_down|tcp_down|probe|service_down|units|load|container|unread)/.test(rule) ? 2 : 0,
};
/** Of what has less than this nothing is said: it would stand in each alert. */
const leastWeight = 2;

/** The happenings that are likely to be a cause, the likeliest first: by their kind, their subject and their time. */
export function likely(
  { transitions, events }: News,
  happenings: readonly Happening[],
  lines: readonly string[],
  nowMs: number,
): readonly Happening[] {
  const bad = transitions.filter(isBad);
  const kinds: readonly (RuleName | null)[] = [
    ...bad.map(({ rule }) => rule),
    ...events.filter(({ kind }) => kind !== "rebooted").map(() => null),
  ];
  const about = wordsIn([...bad.flatMap(({ labels }) => Object.values(labels)), ...lines].join(" "));
  const weigh = (one: Happening) => {
    const ofKind = Math.max(0, ...kinds.map((rule) => weights[one.kind](rule)));
    const isSame = [...wordsIn(one.subject)].some((word) => about.has(word));
    return ofKind + (isSame ? 3 : 0);
  };
  return happenings
    .filter(({ atMs }) => nowMs - atMs <= causesMs)
    .map((one) => ({ one, weight: weigh(one), age: (nowMs - one.atMs) / causesMs }))
    .filter(({ weight }) => weight >= leastWeight)
    .toSorted((a, b) => b.weight - b.age - (a.weight - a.age))
    .slice(0, shown)
    .map(({ one }) => one);
}

const common = new Set(["service", "systemd", "disk", "memory", "unit", "container", "containers"]);

/** `ruby-sidekiq` and `sidekiq.service` have one in common. */
const wordsIn = (text: string): ReadonlySet<string> =>
  new Set((text.toLowerCase().match(/[a-z0-9]{3,}/g) ?? []).filter((word) => !common.has(word)));

/** The mount points that news about disks is about. */
export const mountsOf = ({ transitions }: News): readonly string[] => [
  ...new Set(
    transitions.flatMap((one) => {
      const { mount } = one.labels;
      const isStorage = families.storage.some((rule) => rule === one.rule);
      return isBad(one) && isStorage && mount !== undefined ? [mount] : [];
    }),
  ),
];

/** The metrics that could not be read. */
export const unreadIn = ({ transitions }: News): readonly string[] =>
  transitions.flatMap(({ rule, to, labels: { metric } }) =>
    rule === "unread" && to !== null && metric !== undefined ? [metric] : [],
  );
