import { dayMs, hourMs } from "../../clock.ts";
import { type Host, ifThere } from "../../model/host.ts";
import { parseAddresses } from "../../proc/addresses.ts";
import { parseCount } from "../../proc/number.ts";
import {
  endOfListeners,
  isPublic,
  isWildcard,
  type Listener,
  parseListeners,
  parsePortRange,
} from "../../proc/sockets.ts";
import type { Kept } from "./kept.ts";

/** Sockets by which the world may reach this machine: the inode of each, by `8080/tcp`. */
export type Ports = ReadonlyMap<string, number>;

/** Of each file: how many sockets listen, and their ports. */
export type Listening = Kept["listening"];

const none = () => "";

/** At least so often everything is read: one socket may have taken the place of another. */
const readMs = hourMs;

/**
 * The open ports; null where they are not known. A socket that listens counts as one in use: while there are as many in
 * use as listened at the last look, they are the same. Else the kernel would walk its whole table for a connection.
 */
export async function readPorts(
  host: Host,
  before: Pick<Kept, "listening"> | null,
  atMs: number,
): Promise<{ readonly ports: Ports | null; readonly listening: Listening }> {
  const ports = new Map<string, number>();
  const listening: Listening = {};
  for (const [file, counts, name] of files) {
    const used = parseCount(
      new RegExp(`^${name}: inuse (\\d+)`, "m").exec(await host.readProc(counts).catch(none))?.[1],
    );
    const known = before?.listening[file];
    if (known !== undefined && known.sockets === used && atMs - known.atMs < readMs && atMs >= known.atMs) {
      listening[file] = known;
      for (const port of known.ports) ports.set(port, 0);
      continue;
    }
    const text = await ifThere(host.readProcUntil(`net/${file}`, endOfListeners));
    if (text === null && file === "tcp") return { ports: null, listening: {} };
    const all = parseListeners(text ?? "", "tcp");
    const open = addOpen(ports, all, "tcp");
    listening[file] = { sockets: all.length, ports: open, atMs };
  }
  for (const file of ["udp", "udp6"]) {
    addOpen(ports, parseListeners(await host.readProc(`net/${file}`).catch(none), "udp"), "udp");
  }
  return { ports, listening };
}

const files = [
  ["tcp", "net/sockstat", "TCP"],
  ["tcp6", "net/sockstat6", "TCP6"],
] as const;

/** Adds those that the world may reach. */
function addOpen(ports: Map<string, number>, listeners: readonly Listener[], protocol: "tcp" | "udp"): string[] {
  const open: string[] = [];
  for (const listener of listeners) {
    if (!isWildcard(listener) && (protocol === "udp" || !isPublic(listener))) continue;
    const name = `${listener.port}/${protocol}`;
    open.push(name);
    if (!ports.has(name)) ports.set(name, listener.inode);
  }
  return open;
}

/** What each look reads anyway. */
export interface Glance {
  readonly atMs: number;
  readonly isErrand: boolean;
  readonly ports: Ports | null;
  readonly listening: Listening;
  readonly addresses: readonly string[];
}

/** A port that was open in the last week is not new. */
const knownMs = 7 * dayMs;

/** When each port was last open, and the sockets of UDP that may be gone in a moment, as those of a resolver are. */
export async function openPorts(
  host: Host,
  before: Kept | null,
  { ports, atMs }: Glance,
): Promise<Pick<Kept, "ports" | "waiting">> {
  const seen: Record<string, number> = {};
  const waiting: Record<string, number> = {};
  for (const [name, ms] of Object.entries(before?.ports ?? {})) if (atMs - ms < knownMs) seen[name] = ms;
  let range: readonly [number, number] | null = null;
  for (const [name, inode] of ports ?? []) {
    if (!(name in seen)) {
      range ??= parsePortRange((await ifThere(host.readProc("sys/net/ipv4/ip_local_port_range"))) ?? "");
      const port = parseCount(name.split("/", 1)[0]) ?? 0;
      if (port >= range[0] && port <= range[1]) continue;
      if (before !== null && name.endsWith("/udp") && before.waiting[name] !== inode) {
        waiting[name] = inode;
        continue;
      }
    }
    seen[name] = atMs;
  }
  return { ports: seen, waiting };
}

/** The addresses of this machine. */
export async function readAddresses(host: Host): Promise<readonly string[]> {
  const [trie, route, inet6] = [
    await host.readProc("net/fib_trie").catch(none),
    await host.readProc("net/route").catch(none),
    await host.readProc("net/if_inet6").catch(none),
  ];
  return parseAddresses(trie, route, inet6);
}

/** The process that holds a socket. */
export interface Owner {
  readonly name: string;
  /** Files by which a package may be known to have brought it: its program, its arguments, its unit. */
  readonly paths: readonly string[];
}

/** Who holds the sockets of these inodes; of other users only root sees it. */
export async function findOwners(host: Host, inodes: ReadonlySet<number>): Promise<ReadonlyMap<number, Owner>> {
  const owners = new Map<number, Owner>();
  const links = new Map([...inodes].map((inode) => [`socket:[${inode}]`, inode]));
  const processes = (await host.list("/proc")).filter((name) => /^\d+$/.test(name));
  // The youngest first: what is new was started of late.
  for (const id of processes.toReversed()) {
    if (owners.size === inodes.size) break;
    const open = await host.links(`/proc/${id}/fd`).catch(() => new Map<string, string>());
    const held = [...open.values()].flatMap((target) => links.get(target) ?? []);
    if (held.length === 0) continue;
    const owner = await describe(host, id);
    for (const inode of held) owners.set(inode, owner);
  }
  return owners;
}

async function describe(host: Host, id: string): Promise<Owner> {
  const text = (name: string) => host.readProc(`${id}/${name}`).catch(none);
  const program = (await host.links(`/proc/${id}`).catch(() => null))?.get("exe")?.replace(/ \(deleted\)$/, "");
  const [comm, command, group] = [await text("comm"), await text("cmdline"), await text("cgroup")];
  const unit = /\/([^/\n]+\.service)(?:\/|$)/m.exec(group)?.[1];
  return {
    name: comm.trim(),
    paths: [
      ...(program === undefined ? [] : [program]),
      ...command.split("\0").filter((word) => word.startsWith("/")),
      ...(unit === undefined ? [] : [`/usr/lib/systemd/system/${unit}`]),
    ],
  };
}
