import { parseCount, parseHex } from "./number.ts";

/** Interfaces of containers and virtual machines, and tunnels, come and go. */
const inside = /^(?:docker|br-|veth|virbr|vnet|lxc|lxd|cni|flannel|cali|podman|tap|tun|wg|tailscale|lo$)/;

/**
 * The addresses of this machine by which others reach it. Sources: /proc/net/fib_trie and /proc/net/route for IPv4,
 * /proc/net/if_inet6 for IPv6, all `proc_pid_net(5)`. Those that IPv6 makes up for a day are left out.
 */
export function parseAddresses(trie: string, route: string, inet6: string): readonly string[] {
  const nets = route.split("\n").flatMap((line) => {
    const [name = "", destination, , , , , , mask] = line.split("\t");
    const [net, bits] = [parseHex(destination), parseHex(mask)];
    return net === null || bits === null || bits === 0 ? [] : [{ name, net, bits }];
  });
  const isOutside = (address: string) => {
    const number = address.split(".").reduceRight((sum, part) => sum * 256 + (parseCount(part) ?? 0), 0);
    const on = nets.filter(({ net, bits }) => (number & bits) >>> 0 === net);
    return !on.some(({ name }) => inside.test(name));
  };
  const four = Array.from(trie.matchAll(/\|-- (\d+\.\d+\.\d+\.\d+)\n\s+\/32 host LOCAL/g), ([, one = ""]) => one);
  const six = inet6.split("\n").flatMap((line) => {
    const [address = "", , , scope, flags, name = ""] = line.trim().split(/ +/);
    const isTemporary = ((parseHex(flags) ?? 0) & 0x01) !== 0;
    return scope === "00" && !isTemporary && !inside.test(name) ? [shortSix(address)] : [];
  });
  return [...new Set([...four.filter((one) => !one.startsWith("127.") && isOutside(one)), ...six])].toSorted();
}

const shortSix = (digits: string) =>
  (digits.match(/.{4}/g) ?? [])
    .map((group) => group.replace(/^0{1,3}/, ""))
    .join(":")
    .replace(/(?:(?:^|:)0(?=:|$)){2,}:?/, "::");
