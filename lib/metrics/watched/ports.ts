import { dayMs, hourMs } from "../../clock.ts";
import { type Host, ifThere } from "../../model/host.ts";
import { parseAddresses } from "../../proc/addresses.ts";
import { parseCount } from "../../proc/number.ts";
import { endOfListeners, isPublic, isWildcard, parseListeners, parsePortRange } from "../../proc/sockets.ts";
import { parseProtocolCounter } from "../tcp.ts";
import type { Kept } from "./kept.ts";

/** Sockets by which the world may reach this machine: the inode of each, by `8080/tcp`. */
export type Ports = ReadonlyMap<string, number>;

/** Of each protocol: how many sockets there were, and the open ports. */
export type Listening = Kept["listening"];

const none = () => "";

/** At least so often everything is read: one socket may have taken the place of another. */
const readMs = hourMs;

const files = { tcp: ["tcp", "tcp6"], udp: ["udp", "udp6"] } as const;
type Protocol = keyof typeof files;

/**
 * How many sockets of TCP have no connection, and how many there are of UDP; null where the kernel does not say. It counts
 * them anyway, while for a list it walks its whole table of connections.
 */
async function countSockets(host: Host): Promise<Readonly<Record<Protocol, number | null>>> {
  const text = [await host.readProc("net/sockstat").catch(none), await host.readProc("net/sockstat6").catch(none)];
  const inUse: Record<string, number> = {};
  for (const [, name = "", count] of text.join("\n").matchAll(/^(TCP|UDP)6?: inuse (\d+)/gm)) {
    inUse[name] = (inUse[name] ?? 0) + (parseCount(count) ?? 0);
  }
  const connected = parseProtocolCounter(await host.readProc("net/snmp").catch(none), "Tcp", "CurrEstab") ?? 0;
  return { tcp: inUse["TCP"] === undefined ? null : inUse["TCP"] - connected, udp: inUse["UDP"] ?? null };
}

/**
 * The open ports; null where they are not known. While as many sockets wait as at the last look, they are the same:
 * connections that are about to end look like more.
 */
export async function readPorts(
  host: Host,
  before: Pick<Kept, "listening" | "waiting"> | null,
  atMs: number,
): Promise<{ readonly ports: Ports | null; readonly listening: Listening }> {
  const counts = await countSockets(host);
  const ports = new Map<string, number>();
  const listening: Listening = {};
  for (const protocol of ["tcp", "udp"] as const) {
    const known = before?.listening[protocol];
    const isRecent = known !== undefined && atMs - known.atMs < readMs && atMs >= known.atMs;
    // Of a socket that waits it is asked whether it is the same one.
    const isAsked = protocol === "udp" && Object.keys(before?.waiting ?? {}).length > 0;
    if (isRecent && !isAsked && known.sockets === counts[protocol]) {
      listening[protocol] = known;
      for (const port of known.ports) ports.set(port, 0);
      continue;
    }
    const open = await readOpen(host, protocol);
    if (open === null) return { ports: null, listening: {} };
    for (const [port, inode] of open.ports) ports.set(port, inode);
    const sockets = protocol === "tcp" ? open.listeners : (counts.udp ?? unknown);
    listening[protocol] = { sockets, ports: [...open.ports.keys()], atMs };
  }
  return { ports, listening };
}

/** No number of sockets. */
const unknown = -1;

/** Reads how many sockets wait for others, and which ports of them the world may reach; null where there is no list. */
async function readOpen(host: Host, protocol: Protocol) {
  const ports = new Map<string, number>();
  let listeners = 0;
  for (const file of files[protocol]) {
    const isTcp = protocol === "tcp";
    const text = await ifThere(
      isTcp ? host.readProcUntil(`net/${file}`, endOfListeners) : host.readProc(`net/${file}`),
    );
    if (text === null && file === "tcp") return null;
    for (const listener of parseListeners(text ?? "", protocol)) {
      listeners += 1;
      const name = `${listener.port}/${protocol}`;
      const isOpen = isWildcard(listener) || (isTcp && isPublic(listener));
      if (isOpen && !ports.has(name)) ports.set(name, listener.inode);
    }
  }
  return { listeners, ports };
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

/** A server opens its listening sockets first; its connections may be thousands. */
const mostOpen = 512;

/** Who holds the sockets of these inodes; of other users only root sees it. */
export async function findOwners(host: Host, inodes: ReadonlySet<number>): Promise<ReadonlyMap<number, Owner>> {
  const owners = new Map<number, Owner>();
  const links = new Map([...inodes].map((inode) => [`socket:[${inode}]`, inode]));
  const processes = (await host.list("/proc")).filter((name) => /^\d+$/.test(name));
  // The youngest first: what is new was started of late.
  for (const id of processes.toReversed()) {
    if (owners.size === inodes.size) break;
    const open = await host.links(`/proc/${id}/fd`, mostOpen).catch(() => new Map<string, string>());
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
