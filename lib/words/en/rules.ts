import type { RuleName, RuleWithReason } from "../../alerts/rules.ts";
import type { Labels } from "../../model/observation.ts";

/** The texts of a rule's target. `value` is the shown number; empty for a state. */
export interface RuleWords {
  /** While it is bad. */
  readonly bad: (labels: Labels, value: string) => string;
  /** On recovery. */
  readonly over: (labels: Labels, value: string) => string;
  /** In place of the threshold, where another number is shown than the one that is judged. */
  readonly reason?: string;
}

type AllRules = Readonly<Record<RuleName, RuleWords> & Record<RuleWithReason, Required<RuleWords>>>;

/** Metrics whose name is not what a person calls them. */
const titles: Readonly<Record<string, string>> = {
  conntrack: "tracked connections",
  cpu: "CPU",
  diskIo: "disk I/O",
  httpChecks: "watched pages",
  openFiles: "open files",
  raid: "RAID",
  services: "watched services",
  tcp: "TCP",
  tcpChecks: "watched ports",
  topProcesses: "top processes",
  units: "services",
  vmstat: "memory management",
  zfsPools: "ZFS pools",
};

const titleOf = (metric: string): string => titles[metric] ?? metric;

export const rules: AllRules = {
  storage_used: {
    bad: ({ mount = "" }, value) => `disk ${mount} ${value} full`,
    over: ({ mount = "" }, value) => `disk ${mount} back to ${value}`,
    reason: "less than 1 GiB left",
  },
  storage_full_soon: {
    bad: ({ mount = "" }, value) => `disk ${mount} full in about ${value}`,
    over: ({ mount = "" }) => `disk ${mount} no longer about to be full`,
  },
  storage_inodes: {
    bad: ({ mount = "" }, value) => `inodes of ${mount} ${value} used`,
    over: ({ mount = "" }, value) => `inodes of ${mount} back to ${value}`,
  },
  memory: {
    bad: (_, value) => `memory ${value}`,
    over: (_, value) => `memory back to ${value}`,
  },
  swap_traffic: {
    bad: (_, value) => `swap traffic ${value} of memory`,
    over: (_, value) => `swap traffic back to ${value} of memory`,
  },
  swap_used: {
    bad: (_, value) => `swap ${value}`,
    over: (_, value) => `swap back to ${value}`,
  },
  cpu_busy: {
    bad: (_, value) => `CPU ${value}`,
    over: (_, value) => `CPU back to ${value}`,
  },
  cpu_steal: {
    bad: (_, value) => `CPU ${value} stolen by the host`,
    over: (_, value) => `CPU stolen by the host back to ${value}`,
  },
  cpu_iowait: {
    bad: (_, value) => `I/O wait ${value}`,
    over: (_, value) => `I/O wait back to ${value}`,
  },
  load: {
    bad: (_, value) => `load ${value} per core`,
    over: (_, value) => `load back to ${value} per core`,
  },
  temperature: {
    bad: ({ sensor = "" }, value) => `temperature of ${sensor} ${value}`,
    over: ({ sensor = "" }, value) => `temperature of ${sensor} back to ${value}`,
  },
  certificate: {
    bad: ({ check = "" }, value) => `certificate of ${check} has ${value} left`,
    over: ({ check = "" }, value) => `certificate of ${check} good for ${value}`,
  },
  conntrack: {
    bad: (_, value) => `tracked connections ${value} of the table`,
    over: (_, value) => `tracked connections back to ${value} of the table`,
  },
  open_files: {
    bad: (_, value) => `open files ${value} of the limit`,
    over: (_, value) => `open files back to ${value} of the limit`,
  },
  reboot: {
    bad: (_, value) => `a reboot has been due for ${value}`,
    over: () => "no reboot is due any more",
  },
  security_updates: {
    bad: (_, value) => `security updates have waited for ${value}`,
    over: () => "no security update waits any more",
  },
  unread: {
    bad: ({ metric = "" }) => `${titleOf(metric)} could not be read`,
    over: ({ metric = "" }) => `${titleOf(metric)} can be read again`,
  },
  clock: {
    bad: (_, value) => `clock ${value} off Discord's`,
    over: (_, value) => `clock back to ${value} off Discord's`,
  },
  storage_read_only: {
    bad: ({ mount = "" }) => `disk ${mount} became read-only`,
    over: ({ mount = "" }) => `disk ${mount} writable again`,
  },
  storage_silent: {
    bad: ({ mount = "" }) => `disk ${mount} does not answer`,
    over: ({ mount = "" }) => `disk ${mount} answers again`,
  },
  mount_missing: {
    bad: ({ mount = "" }) => `${mount} is not mounted`,
    over: ({ mount = "" }) => `${mount} is mounted again`,
  },
  raid_inactive: {
    bad: ({ array = "" }) => `RAID ${array} not active`,
    over: ({ array = "" }) => `RAID ${array} active again`,
  },
  raid: {
    bad: ({ array = "" }) => `RAID ${array} degraded`,
    over: ({ array = "" }) => `RAID ${array} complete again`,
  },
  zfs_pool: {
    bad: ({ pool = "" }) => `ZFS pool ${pool} not online`,
    over: ({ pool = "" }) => `ZFS pool ${pool} online again`,
  },
  smart: {
    bad: ({ device = "" }) => `disk ${device} predicts its failure`,
    over: ({ device = "" }) => `disk ${device} no longer predicts its failure`,
  },
  smart_pending: {
    bad: ({ device = "" }, value) => `disk ${device} could not read ${value} of its sectors`,
    over: ({ device = "" }) => `disk ${device} can read all its sectors again`,
  },
  btrfs: {
    bad: ({ filesystem = "" }) => `btrfs ${filesystem} degraded`,
    over: ({ filesystem = "" }) => `btrfs ${filesystem} complete again`,
  },
  service_down: {
    bad: ({ unit = "" }) => `${unit} is not running`,
    over: ({ unit = "" }) => `${unit} runs again`,
  },
  service_not_enabled: {
    bad: ({ unit = "" }) => `${unit} is not enabled, so gone after a reboot`,
    over: ({ unit = "" }) => `${unit} is enabled now`,
  },
  units: {
    bad: ({ unit = "" }) => `${unit} failed`,
    over: ({ unit = "" }) => `${unit} no longer failed`,
  },
  unit_restarts: {
    bad: ({ unit = "" }, value) => `${unit} restarted ${value} times since the last report`,
    over: ({ unit = "" }) => `${unit} does not restart again and again any more`,
  },
  containers: {
    bad: ({ container = "" }) => `container ${container} unhealthy`,
    over: ({ container = "" }) => `container ${container} healthy again`,
  },
  container_restarting: {
    bad: ({ container = "" }) => `container ${container} restarts again and again`,
    over: ({ container = "" }) => `container ${container} no longer restarts`,
  },
  container_stopped: {
    bad: ({ container = "" }) => `container ${container} stopped`,
    over: ({ container = "" }) => `container ${container} runs again`,
  },
  http_down: {
    bad: ({ check = "" }) => `${check} does not answer as it should`,
    over: ({ check = "" }) => `${check} answers again`,
  },
  tcp_down: {
    bad: ({ check = "" }) => `${check} cannot be reached`,
    over: ({ check = "" }) => `${check} can be reached again`,
  },
};
