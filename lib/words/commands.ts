import type { RuleName } from "../alerts/rules.ts";
import type { Change } from "../model/change.ts";

const diskUse = (mount: string): string => `du -xh ${mount} | sort -h | tail`;
const log = (unit: string): string => `journalctl -u ${unit} -n 50`;
const containerLog = (container: string, engine?: string): string =>
  `${engine ?? "docker"} logs --tail 50 ${container}`;
const smart = (device: string): string => `smartctl -a /dev/${device}`;
const byMemory = (): string => "ps aux --sort=-rss | head";
const byCpu = (): string => "ps aux --sort=-pcpu | head";
const kernelLog = (): string => "journalctl -k -n 50";
const show = (): string => "server-metrics show";
const arrays = "cat /proc/mdstat";

/**
 * The command that a person runs next: one, and short. Names come in quoted. It is the same in every language. A
 * tool that is named stands in for the usual one.
 */
export const nextSteps = {
  storage_used: diskUse,
  storage_full_soon: diskUse,
  storage_inodes: (mount) => `du -x --inodes ${mount} | sort -n | tail`,
  memory: byMemory,
  swap_traffic: () => "vmstat 5 5",
  swap_used: byMemory,
  cpu_busy: byCpu,
  cpu_steal: () => "vmstat 5 5",
  cpu_iowait: () => "ps -eo state,pid,args | grep ^D",
  load: byCpu,
  temperature: () => "sensors",
  certificate: () => "systemctl list-timers",
  traffic: () => "server-metrics history --days 30",
  conntrack: () => "sysctl net.netfilter.nf_conntrack_max",
  open_files: () => "sysctl fs.file-nr",
  reboot: () => "systemctl reboot",
  security_updates: () => "apt upgrade",
  unread: show,
  clock: () => "timedatectl",
  storage_read_only: kernelLog,
  storage_silent: kernelLog,
  mount_missing: (mount) => `mount ${mount}`,
  raid_inactive: () => arrays,
  raid: () => arrays,
  zfs_pool: (pool) => `zpool status ${pool}`,
  smart,
  smart_pending: smart,
  btrfs: () => "btrfs filesystem show",
  service_down: log,
  service_not_enabled: (unit) => `systemctl enable ${unit}`,
  units: log,
  unit_restarts: log,
  job_failed: show,
  job_late: () => "crontab -l",
  job_slow: () => "ps -ef",
  containers: containerLog,
  container_restarting: containerLog,
  container_stopped: containerLog,
  http_down: show,
  tcp_down: show,
  probe: show,
  probe_limit: show,
  probe_unknown: () => "server-metrics check",
} satisfies Record<RuleName, (name: string, tool?: string) => string>;

/** The same for what happened. */
export const stepsAfter = {
  rebooted: "journalctl -b -1 -n 50",
  silent: "server-metrics status",
  clock: "timedatectl",
  killed: "journalctl -k -g 'killed process' -n 20",
  gone: arrays,
  letGo: null,
} as const;

/** What mends what is wrong with the schedule, or with what it leaves behind. */
export const remedies = {
  schedule: "server-metrics install",
  /** The distributions have three names for it. */
  cron: "systemctl enable --now cron  # or crond, or cronie",
  timer: (place: string): string =>
    `systemctl ${place.includes("/user/") ? "--user " : ""}enable --now server-metrics.timer`,
  clock: "timedatectl set-ntp true",
  refused: "server-metrics outbox",
};

/** The same for a change; its subject and its file come in quoted. */
export function stepAfterChange(change: Change, subject: string, file: string): string | null {
  switch (change.kind) {
    case "key":
      return `ssh-keygen -lf ${file}`;
    case "user":
      return `last -n 5 ${subject}`;
    case "sudo":
      return `id ${subject}`;
    case "sudoers":
    case "cron":
      return `cat ${subject}`;
    case "unit":
      return `systemctl cat ${subject}`;
    case "port":
      return `ss -tulnp sport = :${subject.replace(/\/.*$/, "")}`;
    case "preload":
      return "cat /etc/ld.so.preload";
    case "setuid":
    case "program":
      return `ls -l ${subject}`;
    case "package":
    case "restart":
    case "reboot":
    case "mount":
    case "disk":
    case "address":
    case "hostname":
    case "timezone":
    case "settings":
      return null;
  }
}

/** Mutes a rule on a target until it is over. */
export const muteCommand = (rule: RuleName, name: string): string =>
  ["server-metrics mute", rule, name].filter(Boolean).join(" ");
