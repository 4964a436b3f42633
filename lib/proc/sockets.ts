import { parseCount, parseHex } from "./number.ts";

/** A socket that waits for others, as a line of /proc/net/tcp, tcp6, udp or udp6 has it, `proc_pid_net(5)`. */
export interface Listener {
  readonly port: number;
  /** As the kernel writes it: words of 32 bits in the machine's own order. */
  readonly address: string;
  readonly inode: number;
}

/** The state LISTEN of TCP, and that of a UDP socket without a peer. */
const states = { tcp: "0A", udp: "07" } as const;

/** Of TCP the kernel lists LISTEN first: behind the first other line there is none. */
export const endOfListeners = /^ *\d+: [\dA-F]+:[\dA-F]{4} [\dA-F]+:[\dA-F]{4} (?!0A)[\dA-F]{2} /m;

/** Parses the sockets that wait, of all of UDP, and of TCP up to the first that does not. */
export function parseListeners(text: string, protocol: keyof typeof states): readonly Listener[] {
  const found: Listener[] = [];
  for (const line of text.split("\n").slice(1)) {
    const [, local = "", , state, , , , , , node] = line.trim().split(/ +/);
    if (state !== states[protocol]) {
      if (protocol === "tcp") break;
      continue;
    }
    const [address = "", digits] = local.split(":");
    const [port, inode] = [parseHex(digits), parseCount(node)];
    if (port !== null && port > 0 && inode !== null) found.push({ port, address, inode });
  }
  return found;
}

/** Bytes of an address, in the order of the network, of a little-endian machine: all targets are. */
function bytesOf(address: string): readonly number[] {
  return (address.match(/.{8}/g) ?? []).flatMap((word) =>
    [6, 4, 2, 0].map((at) => parseHex(word.slice(at, at + 2)) ?? 0),
  );
}

export const isWildcard = ({ address }: Pick<Listener, "address">): boolean => /^0+$/.test(address);

/** Whether others reach it: no wildcard, and none of a private network or this machine alone. */
export function isPublic({ address }: Pick<Listener, "address">): boolean {
  const all = bytesOf(address);
  const isMapped = all.length === 16 && all.slice(0, 10).every((byte) => byte === 0) && all[10] === 255;
  if (all.length === 16 && !isMapped) {
    const [first = 0] = all;
    // 2000::/3 is all that was given out.
    return first >= 0x20 && first < 0x40;
  }
  return isPublicFour(all.slice(-4));
}

/** Of IPv4; RFC 1918, 6598, 3927, 1122. */
function isPublicFour([a = 0, b = 0]: readonly number[]): boolean {
  const isPrivate = a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168);
  return !(
    isPrivate ||
    (a === 100 && b >= 64 && b < 128) ||
    (a === 169 && b === 254) ||
    a === 127 ||
    a === 0 ||
    a >= 224
  );
}

/** The first and the last port that the kernel gives to who asks for none, `ip(7)`. */
export function parsePortRange(text: string): readonly [first: number, last: number] {
  const [first, last] = text.trim().split(/\s+/).map(parseCount);
  return [first ?? 32_768, last ?? 60_999];
}
