import { type Host, ifThere } from "../model/host.ts";
import { parseContainers } from "../proc/containerEngine.ts";
import { type CronCommand, commandsOf, type CrontabText, scriptCommand, unitCommand } from "./cron.ts";

/** A process, as far as this user sees it. */
export interface SeenProcess {
  readonly pid: string;
  /** As the kernel has it, up to 15 bytes. */
  readonly name: string;
  /** Its arguments, or what it wrote in their place, with a blank between them. */
  readonly command: string;
  /** The unit of systemd that it belongs to; null for none. */
  readonly unit: string | null;
  /** The container that it runs in, by name; null for none. */
  readonly container: string | null;
}

/** What is seen of a machine. */
export interface Seen {
  readonly processes: readonly SeenProcess[];
  /** TCP ports on which something waits that this machine reaches at 127.0.0.1. */
  readonly ports: ReadonlySet<number>;
  /** Unix sockets with a path on which something waits. */
  readonly sockets: readonly string[];
  /** What cron and timers start. */
  readonly cron: readonly CronCommand[];
  /** Units of systemd with a file of the owner's or the distribution's, such as timers. */
  readonly units: readonly string[];
  /** The path of a program; null where there is none. */
  readonly program: (name: string) => string | null;
}

/** Looks at a machine; what this user may not see is not there. */
export async function lookAround(host: Host, crontabs: readonly CrontabText[]): Promise<Seen> {
  const text = async (path: string) => (await ifThere(host.readFile(path)).catch(() => null)) ?? "";
  const names = async (path: string) => (await ifThere(host.list(path)).catch(() => null)) ?? [];
  const containers = await namesOfContainers(host);
  const pids = (await names("/proc")).filter((name) => /^\d+$/.test(name));
  const processes = await Promise.all(pids.map((pid) => seeProcess(host, pid, containers)));
  const tcp = (await text("/proc/net/tcp")) + (await text("/proc/net/tcp6"));
  const scripts = await Promise.all(periods.map(async (period) => scriptsIn(period, names, text)));
  const units = await names("/etc/systemd/system");
  const services = units.filter((name) => name.endsWith(".service"));
  const started = services.map(async (name) => unitCommand(name, await text(`/etc/systemd/system/${name}`)));
  const programs = await programsIn(names);
  return {
    processes: processes.flatMap((process) => process ?? []),
    ports: portsIn(tcp),
    sockets: socketsIn(await text("/proc/net/unix")),
    cron: [...crontabs.flatMap(commandsOf), ...scripts.flat(), ...(await Promise.all(started)).flat()],
    units: [...new Set([...units, ...(await names("/lib/systemd/system"))])],
    program: (name) => programs.get(name) ?? null,
  };
}

async function seeProcess(
  host: Host,
  pid: string,
  containers: ReadonlyMap<string, string>,
): Promise<SeenProcess | null> {
  const read = async (name: string) => (await host.readProc(`${pid}/${name}`).catch(() => "")).trimEnd();
  const [name, command, cgroup] = [await read("comm"), await read("cmdline"), await read("cgroup")];
  // A thread of the kernel.
  if (command === "") return null;
  const [id] = /(?<![\da-f])[\da-f]{64}(?![\da-f])/.exec(cgroup) ?? [];
  return {
    pid,
    name,
    command: command.replaceAll("\0", " ").trim(),
    unit: id === undefined ? (/([^/\s]+\.service)(?:\/|$)/m.exec(cgroup)?.[1] ?? null) : null,
    container: id === undefined ? null : (containers.get(id) ?? id.slice(0, 12)),
  };
}

async function namesOfContainers(host: Host): Promise<ReadonlyMap<string, string>> {
  const answer = await host.getUnix("/var/run/docker.sock", "/containers/json").catch(() => "[]");
  return new Map(parseContainers(answer).map(({ id, name }) => [id, name]));
}

/** At 127.0.0.1, at ::1, or at every address; in the state LISTEN, `proc_pid_net(5)`. */
const listening =
  /^ *\d+: (?:0{8}|0100007F|0{32}|0{24}01000000|0{16}FFFF00000100007F):([\dA-F]{4}) [\dA-F]+:[\dA-F]{4} 0A /gm;

const portsIn = (text: string) => new Set(Array.from(text.matchAll(listening), ([, hex = ""]) => parseInt(hex, 16)));

/** The flag of those that wait is `__SO_ACCEPTCON`. */
const socketsIn = (text: string) =>
  Array.from(text.matchAll(/^\S+ \S+ \S+ 00010000 \S+ \S+ +\d+ (\/.*)$/gm), ([, path = ""]) => path);

const periods = ["hourly", "daily", "weekly", "monthly"] as const;

async function scriptsIn(
  period: (typeof periods)[number],
  names: (path: string) => Promise<readonly string[]>,
  text: (path: string) => Promise<string>,
): Promise<readonly CronCommand[]> {
  const directory = `/etc/cron.${period}`;
  const files = (await names(directory)).filter((name) => /^[\w-]+$/.test(name));
  return Promise.all(
    files.map(async (name) => scriptCommand(`${directory}/${name}`, period, await text(`${directory}/${name}`))),
  );
}

/** Where programs are, the first one first. PostgreSQL's may be in a place of their own. */
async function programsIn(names: (path: string) => Promise<readonly string[]>): Promise<ReadonlyMap<string, string>> {
  const versions = (await names("/usr/lib/postgresql")).toReversed();
  const places = ["/usr/local/bin", "/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/sbin"];
  const all = [...places, ...versions.map((version) => `/usr/lib/postgresql/${version}/bin`)];
  const found = new Map<string, string>();
  for (const place of all) {
    for (const name of await names(place)) if (!found.has(name)) found.set(name, `${place}/${name}`);
  }
  return found;
}
