import { hourMs } from "../clock.ts";
import type { Machine } from "../host/machine.ts";
import type { KnownObservation, ObservationName } from "../metrics/index.ts";
import { metricNames } from "../metrics/index.ts";
import { parseBaseline } from "../model/baseline.ts";
import type { Host } from "../model/host.ts";
import { parseContainers } from "../proc/containerEngine.ts";
import { type Group, readGroups } from "../proc/groups.ts";
import { parseVictims } from "../proc/kernelLog.ts";
import { parseCount, parseDecimal } from "../proc/number.ts";
import { listPids } from "../proc/processes.ts";
import { type Clues, isOf, tellCauses, tellsKills, unreadIn } from "../report/causes.ts";
import type { News } from "../report/explain.ts";
import type { Past } from "../state/past.ts";
import { type Found, type Inquiry, inquireDisks } from "./diskInquiry.ts";
import { findHappenings } from "./happenings.ts";

const nothingFound: Found = { lines: [], later: null };

/** How long units and processes are watched for what they use. */
const watchMs = 500;

/** Looks for the causes of what is bad, and tells them, the likeliest first. Never throws: an alert goes out without, too. */
export async function inquire(inquiry: Inquiry): Promise<Found> {
  const { machine, news, words, format } = inquiry;
  const nowMs = machine.clock.now();
  try {
    const forms = await words.later.causes();
    const [clues, disks] = await Promise.all([
      findClues(inquiry, nowMs),
      isOf(news, "storage") ? inquireDisks(inquiry, forms) : nothingFound,
    ]);
    const lines = tellCauses(news, clues, nowMs, words, forms, format);
    return { lines: [...disks.lines, ...lines], later: disks.later };
  } catch {
    return nothingFound;
  }
}

async function findClues(inquiry: Inquiry, nowMs: number): Promise<Clues> {
  const { machine, news, measured, past } = inquiry;
  const { host } = machine;
  const numberOf = (name: ObservationName) => measured.observations.find((one) => one.name === name)?.value ?? null;
  const [watched, victims, flood, happenings] = await Promise.all([
    watch(machine, news),
    tellsKills(news) ? findVictims(host, measured.observations, past) : [],
    isOf(news, "flood") ? findFlood(host) : null,
    findHappenings(inquiry, nowMs),
  ]);
  return {
    ...watched,
    usual: usualMemory(past, nowMs),
    cores: numberOf("cpu_cores"),
    memoryBytes: numberOf("memory_total_bytes"),
    victims,
    flood,
    unread: unreadIn(news).flatMap((metric) => {
      const name = metricNames.find((known) => known === metric);
      const reading = name === undefined ? null : measured.snapshot.readings[name];
      return reading === null || reading.status === "ok" ? [] : [reading.reason];
    }),
    gone: findGone(inquiry),
    happenings,
  };
}

/** Members that an array had at the last look. */
function findGone({ news, measured, past }: Inquiry): Clues["gone"] {
  const { raid } = measured.snapshot.readings;
  const before = past.lastRun?.readings.raid;
  if (raid.status !== "ok" || before?.status !== "ok") return [];
  const bad = news.transitions.filter(({ rule, to }) => rule.startsWith("raid") && to !== null);
  return bad.flatMap(({ labels: { array = "" } }) => {
    const membersOf = (arrays: typeof raid.value) => arrays.find((one) => one.array === array)?.members ?? [];
    const now = membersOf(raid.value);
    const members = membersOf(before.value).filter((member) => !now.includes(member));
    return members.length === 0 ? [] : [{ array, members }];
  });
}

/** A reading of what uses CPUs, memory and disks. */
async function readUse(host: Host, news: News) {
  const isOfGroups = isOf(news, "memory") || isOf(news, "cpu");
  return {
    groups: isOfGroups ? await readGroups(host).catch(() => []) : [],
    traffic: isOf(news, "disks") ? await readTraffic(host) : new Map<string, Traffic>(),
    forks: isOf(news, "cpu") ? await readForks(host) : null,
  };
}

async function watch(
  { host, clock }: Machine,
  news: News,
): Promise<Pick<Clues, "groups" | "traffic" | "forksPerSecond">> {
  const isWanted = isOf(news, "memory") || isOf(news, "cpu") || isOf(news, "disks");
  if (!isWanted) return { groups: null, traffic: [], forksPerSecond: null };
  const before = await readUse(host, news);
  const startMs = clock.monotonicMs();
  await clock.sleep(watchMs);
  const now = await readUse(host, news);
  const seconds = (clock.monotonicMs() - startMs) / 1000;
  const traffic = [...now.traffic].flatMap(([pid, { process, bytes }]) => {
    const bytesPerSecond = (bytes - (before.traffic.get(pid)?.bytes ?? bytes)) / seconds;
    return bytesPerSecond >= leastTraffic ? [{ process, bytesPerSecond }] : [];
  });
  return {
    groups: { before: before.groups, now: await withNames(host, now.groups), seconds },
    traffic: traffic.toSorted((one, other) => other.bytesPerSecond - one.bytesPerSecond),
    forksPerSecond: now.forks === null || before.forks === null ? null : (now.forks - before.forks) / seconds,
  };
}

/** Less per second is no cause. */
const leastTraffic = 512 * 1024;

/** Containers have names for their owner. */
async function withNames(host: Host, groups: readonly Group[]): Promise<readonly Group[]> {
  if (!groups.some(({ isContainer }) => isContainer)) return groups;
  const answer = await host.getUnix("/var/run/docker.sock", "/containers/json").catch(() => "[]");
  const names = new Map(parseContainers(answer).map(({ id, name }) => [id.slice(0, 12), name]));
  return groups.map((one) => ({ ...one, name: names.get(one.name) ?? one.name }));
}

interface Traffic {
  readonly process: string;
  readonly bytes: number;
}

/** What each process has moved from and to disks, `proc_pid_io(5)`; only root may read those of others. */
async function readTraffic(host: Host): Promise<ReadonlyMap<string, Traffic>> {
  const found = new Map<string, Traffic>();
  for (const pid of await listPids(host).catch(() => [])) {
    const text = await host.readProc(`${pid}/io`).catch(() => null);
    const of = (name: string) => parseCount(new RegExp(`^${name}: (\\d+)$`, "m").exec(text ?? "")?.[1]) ?? 0;
    const bytes = of("read_bytes") + of("write_bytes");
    if (bytes === 0) continue;
    const process = (await host.readProc(`${pid}/comm`).catch(() => "")).trim();
    found.set(pid, { process, bytes });
  }
  return found;
}

/** Processes that were ever started, `proc_stat(5)`. */
async function readForks(host: Host): Promise<number | null> {
  return parseCount(/^processes (\d+)$/m.exec(await host.readProc("stat").catch(() => ""))?.[1]);
}

/** Those since the last look, as far as the kernel's log goes back. */
async function findVictims(host: Host, observations: readonly KnownObservation[], { lastRun }: Past) {
  const text = await host.run("dmesg", []).catch(() => "");
  const uptime = parseDecimal((await host.readProc("uptime").catch(() => "")).split(" ", 1)[0]) ?? Infinity;
  const lastUptime = lastRun?.readings.host?.status === "ok" ? lastRun.readings.host.value.uptimeSeconds : null;
  const sinceSeconds = lastUptime !== null && lastUptime < uptime ? lastUptime - 1 : 0;
  const killed = observations.find(({ name }) => name === "vmstat_oom_kills")?.value ?? 0;
  const victims = parseVictims(text).filter(({ atSeconds }) => (atSeconds ?? Infinity) >= sinceSeconds);
  return killed === 0 ? [] : victims.slice(-killed);
}

/** Entries of the table that are worth reading: a full one has hundreds of thousands. */
const mostEntries = 300_000;

/** The address that most connections come from. Some kernels do not show the table. */
async function findFlood(host: Host): Promise<Clues["flood"]> {
  const text = await host.readProc("net/nf_conntrack").catch(() => "");
  const counts = new Map<string, number>();
  let whole = 0;
  for (const [, address = ""] of text.matchAll(/^.*? src=(\S+) /gm)) {
    if (whole === mostEntries) break;
    whole += 1;
    counts.set(address, (counts.get(address) ?? 0) + 1);
  }
  const [most] = [...counts].toSorted(([, one], [, other]) => other - one);
  return most === undefined || most[1] < whole / 4 ? null : { address: most[0], part: most[1], whole };
}

/** The newest that is old enough to tell what grew. */
function usualMemory({ baseline }: Past, nowMs: number): Clues["usual"] {
  const { groups } = parseBaseline(baseline);
  const known = groups.filter(({ atMs }) => atMs <= nowMs);
  const one = known.findLast(({ atMs }) => nowMs - atMs >= 6 * hourMs) ?? known[0];
  return one === undefined ? null : { seconds: (nowMs - one.atMs) / 1000, memory: one.memory };
}
