import type { RuleName, RuleWithReason } from "../../alerts/rules.ts";
import type { Labels } from "../../model/observation.ts";
import { numbers } from "./numbers.ts";

const because = (problem: string): string => (problem === "" ? "" : ` (${problem})`);

/** The texts of a rule's target. `value` is the shown number; for a state what was found, or nothing. */
export interface RuleWords {
  /** While it is bad. */
  readonly bad: (labels: Labels, value: string) => string;
  /** On recovery. */
  readonly over: (labels: Labels, value: string) => string;
  /** In place of the threshold, where another number is shown than the one that is judged. */
  readonly reason?: string;
  /** While it is bad, on a row whose name says the rest. */
  readonly row?: (value: string) => string;
}

type AllRules = Readonly<
  Record<RuleName, RuleWords> &
    Record<RuleWithReason, Required<Pick<RuleWords, "reason">>> &
    Record<"load" | "reboot", Required<Pick<RuleWords, "row">>>
>;

/** Metrics whose name is not what a person calls them. */
const titles: Readonly<Record<string, string>> = {
  conntrack: "conntrack table",
  cpu: "CPU",
  diskIo: "disk I/O",
  httpChecks: "web checks",
  jobs: "cron jobs",
  openFiles: "open files",
  probes: "custom checks",
  raid: "RAID",
  services: "service checks",
  tcp: "TCP",
  tcpChecks: "port checks",
  topProcesses: "top processes",
  traffic: "month's traffic",
  units: "services",
  vmstat: "memory events",
  zfsPools: "ZFS pools",
};

const titleOf = (metric: string): string => titles[metric] ?? metric;

export const rules: AllRules = {
  storage_used: {
    bad: ({ mount = "" }, value) => `disk ${mount} ${value} full`,
    over: ({ mount = "" }, value) => `disk ${mount} back to ${value}`,
    reason: "less than 1 GiB free",
  },
  storage_full_soon: {
    bad: ({ mount = "" }, value) => `disk ${mount} full in about ${value}`,
    over: ({ mount = "" }) => `disk ${mount} no longer filling up`,
  },
  storage_inodes: {
    bad: ({ mount = "" }, value) => `disk ${mount} inodes ${value} used`,
    over: ({ mount = "" }, value) => `disk ${mount} inodes back to ${value}`,
  },
  memory: {
    bad: (_, value) => `memory ${value} used`,
    over: (_, value) => `memory back to ${value}`,
  },
  swap_traffic: {
    bad: (_, value) => `heavy swapping, ${value} of memory`,
    over: (_, value) => `swapping eased, ${value} of memory`,
  },
  swap_used: {
    bad: (_, value) => `swap ${value} used`,
    over: (_, value) => `swap back to ${value}`,
  },
  cpu_busy: {
    bad: (_, value) => `CPU ${value} busy`,
    over: (_, value) => `CPU back to ${value}`,
  },
  cpu_steal: {
    bad: (_, value) => `CPU steal ${value}`,
    over: (_, value) => `CPU steal back to ${value}`,
  },
  cpu_iowait: {
    bad: (_, value) => `I/O wait ${value}`,
    over: (_, value) => `I/O wait back to ${value}`,
  },
  load: {
    bad: (_, value) => `load ${value} per core`,
    over: (_, value) => `load back to ${value} per core`,
    row: (value) => `${value} per core over 15 min`,
  },
  temperature: {
    bad: ({ sensor = "" }, value) => `${sensor} at ${value}`,
    over: ({ sensor = "" }, value) => `${sensor} back to ${value}`,
  },
  certificate: {
    bad: ({ check = "" }, value) =>
      value === numbers.timeLeft(0)
        ? `certificate for ${check} expired`
        : `certificate for ${check} expires in ${value}`,
    over: ({ check = "" }, value) => `certificate for ${check} renewed, ${value} left`,
  },
  traffic: {
    bad: (_, value) => `traffic ${value} of the month's quota`,
    over: (_, value) => `traffic back to ${value} of the month's quota`,
  },
  conntrack: {
    bad: (_, value) => `conntrack table ${value} full`,
    over: (_, value) => `conntrack table back to ${value}`,
  },
  open_files: {
    bad: (_, value) => `open files ${value} of the limit`,
    over: (_, value) => `open files back to ${value} of the limit`,
  },
  reboot: {
    bad: (_, value) => `reboot needed for ${value}`,
    over: () => "reboot no longer needed",
    row: (value) => `for ${value}`,
  },
  security_updates: {
    bad: (_, value) => `security updates waiting for ${value}`,
    over: () => "no security updates waiting",
  },
  unread: {
    bad: ({ metric = "" }) => `${titleOf(metric)} could not be read`,
    over: ({ metric = "" }) => `${titleOf(metric)} can be read again`,
  },
  clock: {
    bad: (_, value) => `clock is ${value} off`,
    over: (_, value) => `clock back in sync (${value} off)`,
  },
  storage_read_only: {
    bad: ({ mount = "" }) => `disk ${mount} went read-only`,
    over: ({ mount = "" }) => `disk ${mount} writable again`,
  },
  storage_silent: {
    bad: ({ mount = "" }) => `disk ${mount} not responding`,
    over: ({ mount = "" }) => `disk ${mount} responding again`,
  },
  mount_missing: {
    bad: ({ mount = "" }) => `disk ${mount} is not mounted`,
    over: ({ mount = "" }) => `disk ${mount} mounted again`,
  },
  raid_inactive: {
    bad: ({ array = "" }) => `RAID ${array} inactive`,
    over: ({ array = "" }) => `RAID ${array} active again`,
  },
  raid: {
    bad: ({ array = "" }) => `RAID ${array} degraded`,
    over: ({ array = "" }) => `RAID ${array} healthy again`,
  },
  zfs_pool: {
    bad: ({ pool = "" }) => `ZFS pool ${pool} not ONLINE`,
    over: ({ pool = "" }) => `ZFS pool ${pool} ONLINE again`,
  },
  smart: {
    bad: ({ device = "" }) => `SMART predicts failure of disk ${device}`,
    over: ({ device = "" }) => `SMART no longer predicts failure of disk ${device}`,
  },
  smart_pending: {
    bad: ({ device = "" }, value) => `disk ${device} has ${value} unreadable ${value === "1" ? "sector" : "sectors"}`,
    over: ({ device = "" }) => `disk ${device} has no more unreadable sectors`,
  },
  btrfs: {
    bad: ({ filesystem = "" }) => `btrfs ${filesystem} degraded`,
    over: ({ filesystem = "" }) => `btrfs ${filesystem} healthy again`,
  },
  service_down: {
    bad: ({ unit = "" }) => `${unit} is down`,
    over: ({ unit = "" }) => `${unit} is up again`,
  },
  service_not_enabled: {
    bad: ({ unit = "" }) => `${unit} will not start at boot`,
    over: ({ unit = "" }) => `${unit} starts at boot`,
  },
  units: {
    bad: ({ unit = "" }, problem) => `${unit} failed${because(problem)}`,
    over: ({ unit = "" }) => `${unit} recovered`,
  },
  unit_restarts: {
    bad: ({ unit = "" }, value) => `${unit} keeps restarting (${value === "1" ? "once" : `${value} times`})`,
    over: ({ unit = "" }) => `${unit} is stable again`,
  },
  job_failed: {
    bad: ({ job = "" }) => `${job} failed`,
    over: ({ job = "" }) => `${job} succeeded again`,
  },
  job_late: {
    bad: ({ job = "" }) => `${job} did not run`,
    over: ({ job = "" }) => `${job} ran again`,
  },
  job_slow: {
    bad: ({ job = "" }) => `${job} takes more than twice as long as usual`,
    over: ({ job = "" }) => `${job} takes its usual time again`,
  },
  containers: {
    // 0.1.0 named none.
    bad: ({ container }) => (container === undefined ? "containers unhealthy" : `container ${container} unhealthy`),
    over: ({ container }) =>
      container === undefined ? "all containers healthy again" : `container ${container} healthy again`,
  },
  container_restarting: {
    bad: ({ container = "" }) => `container ${container} keeps restarting`,
    over: ({ container = "" }) => `container ${container} is stable again`,
  },
  container_stopped: {
    bad: ({ container = "" }, problem) => `container ${container} stopped${because(problem)}`,
    over: ({ container = "" }) => `container ${container} is up again`,
  },
  http_down: {
    bad: ({ check = "" }, problem) => `${check} is down${because(problem)}`,
    over: ({ check = "" }) => `${check} is up again`,
  },
  tcp_down: {
    bad: ({ check = "" }, problem) => `${check} unreachable${because(problem)}`,
    over: ({ check = "" }) => `${check} reachable again`,
  },
  probe: {
    bad: ({ probe = "" }, text) => (text === "" ? `${probe} reports a problem` : `${probe}: ${text}`),
    over: ({ probe = "" }) => `${probe} recovered`,
  },
  probe_limit: {
    bad: ({ probe = "" }, value) => `${probe} ${value}`,
    over: ({ probe = "" }, value) => `${probe} back to ${value}`,
  },
  probe_unknown: {
    bad: ({ probe = "" }, problem) => `${probe} cannot be checked${because(problem)}`,
    over: ({ probe = "" }) => `${probe} can be checked again`,
  },
};
