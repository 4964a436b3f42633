/** Processes that any server may run; another name could tell whose machine was captured. */
const commonNames =
  /^(systemd|kthreadd|kworker|ksoftirqd|kswapd|rcu_|migration|bash|sh|cron|sshd|dbus|bun|stress-ng|lxcfs|agetty|init)/;

/** What of a captured file tells whose machine it was, replaced; `path` is where it stood. */
export function anonymise(path: string, text: string): string {
  const [, name = ""] = /\/proc\/(?:sys\/kernel\/|\d+\/|self\/)?(.+)$/.exec(path) ?? [];
  switch (name) {
    case "hostname":
      return "captured\n";
    case "random/boot_id":
      return "11111111-2222-4333-8444-555555555555\n";
    case "osrelease":
      // Up to the version: the rest is who built it.
      return `${/^[\d.]+/.exec(text)?.[0] ?? text.trim()}\n`;
    case "mountinfo":
      return ordinaryLines(text);
    case "cgroup":
      return text.replaceAll(/:\/.*$/gm, ":/");
    case "stat":
      return text.replace(/^(\d+ \()(.*)(\) [A-Z] )/s, (_, id: string, comm: string, rest: string) =>
        commonNames.test(comm) ? id + comm + rest : `${id}program${rest}`,
      );
    case "status":
      return text.replace(/^(Name:\t)(.*)$/m, (_, key: string, comm: string) =>
        commonNames.test(comm) ? key + comm : `${key}program`,
      );
    case "cmdline":
    case "comm":
      return commonNames.test(text) ? `${text.split("\0", 1)[0]?.trimEnd()}\n` : "program\n";
    default:
      return text.replaceAll(/\b[0-9a-f]{2}(:[0-9a-f]{2}){5}\b/gi, "02:00:00:00:00:01");
  }
}

/** Mounts where servers have them, with options that the stock kernel knows. */
function ordinaryLines(mountinfo: string): string {
  return mountinfo
    .split("\n")
    .filter((line) => line === "" || isOrdinaryMount(line.split(" ")[4] ?? ""))
    .map((line) => line.replace(/,resv_strict|,resuid=\d+|,resgid=\d+/g, ""))
    .join("\n");
}

/** Would any server mount something there? */
export function isOrdinaryMount(mountPoint: string): boolean {
  return /^(\/|\/(proc|sys|dev|run|boot|var|home|tmp|srv)(\/\S*)?)$/.test(mountPoint);
}
