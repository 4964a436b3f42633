import { parseCount, parseHex } from "./number.ts";

/** Interfaces of containers and virtual machines, and tunnels, come and go. */
const inside = /^(?:docker|br-|veth|virbr|vnet|lxc|lxd|cni|flannel|cali|podman|tap|tun|wg|tailscale|lo$)/;

/**
 * The addresses of this machine by which others reach it. Sources: /proc/net/fib_trie and /proc/net/route for IPv4,
 * /proc/net/if_inet6 for IPv6, all `proc_pid_net(5)`. Those that IPv6 makes up for a day are left out.
 */
export function parseAddresses(trie: string, route: string, inet6: string): readonly string[] {
  const found = new Set<string>();
  const routes = parseRoutes(route);
  // Each stands in two tables of the trie, and in some more than once.
  for (const [, address = ""] of trie.matchAll(/\|-- (\d+\.\d+\.\d+\.\d+)\n\s+\/32 host LOCAL/g)) {
    if (!address.startsWith("127.") && !found.has(address) && isOutside(address, routes)) found.add(address);
  }
  for (const line of inet6.split("\n")) {
    const [address = "", , , scope, flags, name = ""] = line.trim().split(/ +/);
    const isTemporary = ((parseHex(flags) ?? 0) & 0x01) !== 0;
    if (scope === "00" && !isTemporary && !inside.test(name)) found.add(shortSix(address));
  }
  return [...found].toSorted();
}

interface Route {
  readonly name: string;
  readonly net: number;
  readonly bits: number;
}

function parseRoutes(text: string): readonly Route[] {
  const routes: Route[] = [];
  for (const line of text.split("\n")) {
    const [name = "", destination, , , , , , mask] = line.split("\t");
    const [net, bits] = [parseHex(destination), parseHex(mask)];
    if (net !== null && bits !== null && bits !== 0) routes.push({ name, net, bits });
  }
  return routes;
}

/** Whether it is on none of the networks inside this machine. */
function isOutside(address: string, routes: readonly Route[]): boolean {
  let number = 0;
  for (const part of address.split(".").toReversed()) number = number * 256 + (parseCount(part) ?? 0);
  for (const { name, net, bits } of routes) if ((number & bits) >>> 0 === net && inside.test(name)) return false;
  return true;
}

const shortSix = (digits: string) =>
  (digits.match(/.{4}/g) ?? [])
    .map((group) => group.replace(/^0{1,3}/, ""))
    .join(":")
    .replace(/(?:(?:^|:)0(?=:|$)){2,}:?/, "::");
