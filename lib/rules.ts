import type { Line, Rule } from "./rule.ts";

const line = (raise: number, clear: number, runs: number): Line => ({ raise, clear, runs });

/** What is so or not so, without a number to tell. */
const state = (observation: string, subject: string, warning: Line | null, critical: Line | null): Rule => ({
  observation,
  subject,
  told: "state",
  warning,
  critical,
});

/**
 * The default rules. After Netdata's stock alarms and node-exporter's mixin, less what their own maintainers made silent:
 * on a small server used memory and used swap say nothing, while available memory, swap traffic and kills do.
 */
export const rules = {
  storage_used: {
    observation: "storage_pressing_percent",
    tells: "storage_used_percent",
    because: "less than 1 GiB left",
    subject: "disk {mount} {value}",
    told: "percent",
    warning: line(85, 80, 1),
    critical: line(95, 90, 1),
  },
  storage_full_soon: {
    observation: "storage_full_in_hours",
    subject: "disk {mount} full in about {value}",
    told: "hours",
    warning: line(24, 48, 2),
    critical: line(4, 24, 2),
    silencedBy: ["storage_used"],
  },
  storage_inodes: {
    observation: "storage_inodes_used_percent",
    subject: "inodes of {mount} {value}",
    told: "percent",
    warning: line(85, 80, 1),
    critical: line(95, 90, 1),
  },
  storage_read_only: {
    ...state("storage_read_only", "disk {mount} became read-only", null, line(1, 0, 1)),
    onlyWhenItBecomes: true,
  },
  memory: {
    observation: "memory_available_percent",
    subject: "memory {value}",
    told: "percentFree",
    warning: line(10, 15, 2),
    critical: line(5, 10, 2),
  },
  swap_traffic: {
    observation: "vmstat_swap_traffic_percent",
    where: { window: "report" },
    subject: "swap traffic {value} of memory",
    told: "percent",
    warning: line(30, 20, 2),
    critical: null,
  },
  swap_used: {
    observation: "swap_used_percent",
    subject: "swap {value}",
    told: "percent",
    warning: line(90, 80, 2),
    critical: null,
  },
  cpu_busy: {
    observation: "cpu_busy_percent",
    where: { window: "report" },
    subject: "CPU {value}",
    told: "percent",
    warning: line(90, 75, 2),
    critical: null,
  },
  cpu_steal: {
    observation: "cpu_steal_percent",
    where: { window: "report" },
    subject: "CPU stolen by the host {value}",
    told: "percent",
    warning: line(10, 5, 2),
    critical: null,
  },
  cpu_iowait: {
    observation: "cpu_iowait_percent",
    where: { window: "report" },
    subject: "waiting for I/O {value}",
    told: "percent",
    warning: line(40, 20, 2),
    critical: null,
  },
  load: {
    observation: "load_15m_per_core",
    subject: "load per core {value}",
    told: "ratio",
    warning: line(2, 1.5, 2),
    critical: null,
    coresAtLeast: 2,
    silencedBy: ["cpu_busy", "cpu_iowait"],
  },
  temperature: {
    observation: "temperature_pressing_celsius",
    tells: "temperature_celsius",
    subject: "temperature of {sensor} {value}",
    told: "celsius",
    warning: line(80, 70, 2),
    critical: line(90, 80, 1),
  },
  storage_silent: state("storage_unanswered", "disk {mount} does not answer", null, line(1, 0, 2)),
  raid: state("raid_devices_missing", "RAID {array} degraded", null, line(1, 0, 1)),
  zfs_pool: state("zfs_pools_online", "ZFS pool {pool} not online", null, line(0, 1, 1)),
  units: state("units_failed", "failed services", line(1, 0, 1), null),
  containers: state("containers_unhealthy", "unhealthy containers", line(1, 0, 2), null),
  service_down: state("service_active", "service {unit} is not running", null, line(0, 1, 1)),
  service_not_enabled: state(
    "service_enabled",
    "service {unit} will be gone after a reboot: it is not enabled",
    line(0, 1, 1),
    null,
  ),
  http_down: state("http_up", "{check} does not answer as it should", null, line(0, 1, 2)),
  tcp_down: state("tcp_up", "{check} cannot be reached", null, line(0, 1, 2)),
  certificate: {
    observation: "http_certificate_pressing_days",
    tells: "http_certificate_days",
    subject: "certificate of {check} has {value} left",
    told: "days",
    warning: line(14, 15, 1),
    critical: line(3, 4, 1),
  },
  clock: {
    observation: "clock_off_seconds",
    subject: "clock {value} off Discord's",
    told: "seconds",
    warning: line(60, 30, 1),
    critical: null,
  },
} as const satisfies Record<string, Rule>;

/** The name of a rule, as the settings have it. */
export type RuleName = keyof typeof rules;

/** All rules, in the order of the table. */
export const ruleNames: readonly RuleName[] = Object.keys(rules).filter((name): name is RuleName => name in rules);
