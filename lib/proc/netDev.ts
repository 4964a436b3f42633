import { parseCounts } from "./number.ts";

/** The counters of one interface since it came up. */
export interface InterfaceCounters {
  readonly interface: string;
  readonly receiveBytes: number;
  readonly receiveErrors: number;
  readonly receiveDrops: number;
  readonly transmitBytes: number;
  readonly transmitErrors: number;
  readonly transmitDrops: number;
}

/** Parses /proc/net/dev, `proc_pid_net(5)`. Throws when it has no header. */
export function parseNetDev(text: string): readonly InterfaceCounters[] {
  const [first = "", , ...lines] = text.split("\n");
  if (!first.startsWith("Inter-|")) throw new Error("/proc/net/dev is malformed");
  return lines.flatMap((line) => {
    // Old kernels leave no space after the colon, and names of aliases hold one.
    const [, name, counters = ""] = /^\s*(\S+):\s*(\d[\d\s]*)$/.exec(line) ?? [];
    const fields = parseCounts(counters.trim().split(/\s+/));
    if (name === undefined || fields === null || fields.length < 16) return [];
    const [receiveBytes = 0, , receiveErrors = 0, receiveDrops = 0] = fields;
    const [transmitBytes = 0, , transmitErrors = 0, transmitDrops = 0] = fields.slice(8);
    return {
      interface: name,
      receiveBytes,
      receiveErrors,
      receiveDrops,
      transmitBytes,
      transmitErrors,
      transmitDrops,
    };
  });
}

/**
 * The inner side of something that is counted elsewhere: loopback, the plumbing of containers and virtual machines,
 * and the placeholders that kernel modules bring along. Real bridges, bonds, VLANs and tunnels are none of these.
 */
const plumbing = new RegExp(
  `^(?:${[
    "lo|ifb\\d+|dummy\\d*|teql\\d+|ovs-system",
    "(?:sit|tunl|gre|gretap|erspan|ip6tnl|ip6gre|ip_vti|ip6_vti)0",
    "veth.*|docker\\d*|docker_gwbridge|br-[0-9a-f]{12}|podman\\d+|nerdctl\\d+",
    "virbr.*|vnet\\d+|tap\\d+i\\d+|lxcbr\\d+|lxdbr\\d+|incusbr\\d+|fwbr.*|fwpr.*|fwln.*",
    "cali.*|cni.*|flannel.*|cilium_.*|lxc_health|lxc[0-9a-f]{12}|weave|vethwe.*|datapath|vxlan\\.calico|vxlan-v6\\.calico",
    "kube-.*|nodelocaldns|azv[0-9a-f]+|eni[0-9a-f]{11}|antrea-.*|genev_sys_.*|vxlan_sys_.*",
  ].join("|")})$`,
);

/** Whether the interface is virtual plumbing that people do not look for, by its name. */
export function isPlumbing({ interface: name }: Pick<InterfaceCounters, "interface">): boolean {
  return plumbing.test(name);
}
