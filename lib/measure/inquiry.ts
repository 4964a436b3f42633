import { incidentText } from "../alerts/incidents.ts";
import { hourMs } from "../clock.ts";
import type { Machine } from "../host/machine.ts";
import type { KnownObservation, ObservationName } from "../metrics/index.ts";
import { metricNames } from "../metrics/index.ts";
import { parseBaseline } from "../model/baseline.ts";
import type { Change } from "../model/change.ts";
import { type Host, ifThere } from "../model/host.ts";
import type { ObservationKey } from "../model/observation.ts";
import { parseContainers } from "../proc/containerEngine.ts";
import { type Group, readGroups } from "../proc/groups.ts";
import { parseVictims } from "../proc/kernelLog.ts";
import { parseCount, parseDecimal } from "../proc/number.ts";
import { listPids } from "../proc/processes.ts";
import { readUnits } from "../proc/systemctl.ts";
import { type Clues, type Happening, causesMs, isOf, tellCauses, tellsKills, unreadIn } from "../report/causes.ts";
import type { News } from "../report/explain.ts";
import type { Config } from "../settings/config.ts";
import type { Words } from "../words/en.ts";
import type { CauseWords } from "../words/en/causes.ts";
import type { Past } from "../state/past.ts";
import { type Found, type Inquiry, inquireDisks } from "./diskInquiry.ts";

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

/** Less a second is nobody's cause. */
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

/** What happened in the two hours before: reboots, kills, units, jobs and other alerts. */
async function findHappenings(inquiry: Inquiry, nowMs: number): Promise<readonly Happening[]> {
  const { machine, config, past, news, measured, words } = inquiry;
  const forms = await words.later.causes();
  const sinceMs = nowMs - causesMs;
  const { host, jobs } = measured.snapshot.readings;
  const uptime = host.status === "ok" ? (host.value.uptimeSeconds ?? Infinity) : Infinity;
  const bootedMs = nowMs - uptime * 1000;
  const runs = past.runsSince(sinceMs, new Set<ObservationKey<ObservationName>>(['vmstat_oom_kills{window="report"}']));
  const kills = runs.flatMap(({ atMs, numbers }): readonly Happening[] => {
    const count = [...numbers.values()][0] ?? 0;
    return count > 0 ? [{ kind: "kill", atMs, subject: "", text: forms.kills(count) }] : [];
  });
  const others = measured.incidents.flatMap((one): readonly Happening[] => {
    const isNew = news.transitions.some(({ sinceMs: begin }) => begin === one.fromMs);
    if (isNew || one.fromMs < sinceMs) return [];
    const subject = "labels" in one ? Object.values(one.labels).join(" ") : "";
    return [{ kind: "alert", atMs: one.fromMs, subject, text: incidentText(one, words) }];
  });
  const jobRuns = (jobs.status === "ok" ? jobs.value.jobs : []).flatMap(({ job, runs: all }): readonly Happening[] => {
    const [last, before] = [all.at(-1), all.at(-2)];
    // One that runs all the time is no cause of what begins now.
    const isRare = last !== undefined && last.startedAt - (before?.startedAt ?? 0) >= causesMs;
    if (!isRare || last.startedAt < sinceMs) return [];
    const state = last.endedAt === null ? "running" : last.exit === 0 ? "ended" : "failed";
    return [{ kind: "job", atMs: last.endedAt ?? last.startedAt, subject: job, text: forms.job(job, state) }];
  });
  const changes = [...measured.changes, ...past.changesSince(sinceMs)].flatMap((one) => asHappening(one, forms, words));
  return [
    ...changes,
    ...(bootedMs < sinceMs ? [] : [{ kind: "reboot", atMs: bootedMs, subject: "", text: forms.rebooted } as const]),
    ...kills,
    ...others,
    ...jobRuns,
    ...(await findStarts(machine.host, config, bootedMs, nowMs, forms.started)),
  ];
}

/** Reboots and starts are known better from the machine itself. */
function asHappening(change: Change, forms: CauseWords, words: Words): readonly Happening[] {
  const { kind, action, atMs, subject, names } = change;
  if (kind === "reboot" || kind === "restart") return [];
  const isPackage = kind === "package";
  const text = isPackage ? forms.packages(names.slice(0, 3), action) : words.changes.news(change);
  return [{ kind: isPackage ? "package" : "change", atMs, subject: [subject, ...names].join(" "), text }];
}

/** What is started soon after the boot is started by it. */
const bootMs = 10 * 60_000;

/** The units that were started since. */
async function findStarts(
  host: Host,
  config: Config,
  bootedMs: number,
  nowMs: number,
  say: (unit: string) => string,
): Promise<readonly Happening[]> {
  const units = await ifThere(readUnits(host, config)).catch(() => null);
  return (units ?? []).flatMap(({ id, activeState, startedAt }): readonly Happening[] => {
    const atMs = bootedMs + startedAt / 1000;
    const isNew = startedAt > 0 && atMs >= Math.max(nowMs - causesMs, bootedMs + bootMs) && atMs <= nowMs;
    const isOn = activeState === "active" || activeState === "activating";
    return isNew && isOn ? [{ kind: "start", atMs, subject: id, text: say(id) }] : [];
  });
}
