const none = /^0+$/;

/**
 * The interfaces that a default route leads to. Sources: /proc/net/route and /proc/net/ipv6_route, `proc_pid_net(5)`; the
 * flags are those of include/uapi/linux/route.h.
 */
export function parseDefaultRoutes(ipv4: string, ipv6: string): readonly string[] {
  const names = new Set<string>();
  for (const line of ipv4.split("\n").slice(1)) {
    const [name = "", destination = "", , flags = "", , , , mask = ""] = line.trim().split(/\s+/);
    if (none.test(destination) && none.test(mask) && leads(flags)) names.add(name);
  }
  for (const line of ipv6.split("\n")) {
    const [destination = "", prefix, , , , , , , flags = "", name = ""] = line.trim().split(/\s+/);
    if (none.test(destination) && prefix === "00" && leads(flags)) names.add(name);
  }
  names.delete("lo");
  return [...names];
}

/** Flags in hexadecimal: 1 is up, and 200 rejects. */
const leads = (flags: string): boolean => /[13579bdf]$/i.test(flags) && !/[2367abef]..$/i.test(flags);
