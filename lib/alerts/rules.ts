import type { ObservationName } from "../metrics/index.ts";
import { threshold, type Rule, type Severity } from "../model/rule.ts";

/** A yes/no state, without a number to show. */
const state = (observation: ObservationName, thresholds: Partial<Pick<Rule, Severity>>): Rule<ObservationName> => ({
  observation,
  told: "state",
  warning: null,
  critical: null,
  ...thresholds,
});

/**
 * The default rules. After Netdata's stock alarms and node-exporter's mixin, less what their own maintainers made silent:
 * on a small server used memory and used swap say nothing, while available memory, swap traffic and kills do.
 */
export const rules = {
  storage_used: {
    observation: "storage_pressing_percent",
    tells: "storage_used_percent",
    hasReason: true,
    told: "percentUp",
    warning: threshold(85, 80, 1),
    critical: threshold(95, 90, 1),
  },
  storage_full_soon: {
    observation: "storage_full_in_hours",
    told: "hours",
    level: "storage_used_percent",
    // A forecast without the level was wrong on many machines.
    warning: { ...threshold(24, 48, 2), from: 60 },
    critical: { ...threshold(4, 24, 2), from: 80 },
    silencedBy: ["storage_used"],
  },
  storage_inodes: {
    observation: "storage_inodes_used_percent",
    told: "percentUp",
    warning: threshold(85, 80, 1),
    critical: threshold(95, 90, 1),
  },
  memory: {
    observation: "memory_available_percent",
    told: "percentFree",
    warning: threshold(10, 15, 2),
    critical: threshold(5, 10, 2),
  },
  swap_traffic: {
    observation: "vmstat_swap_traffic_percent",
    where: { window: "report" },
    told: "percent",
    warning: threshold(30, 20, 2),
    critical: null,
  },
  swap_used: {
    observation: "swap_used_percent",
    told: "percent",
    warning: threshold(90, 80, 2),
    critical: null,
  },
  cpu_busy: {
    observation: "cpu_busy_percent",
    where: { window: "report" },
    told: "percent",
    warning: threshold(90, 75, 2),
    critical: null,
  },
  cpu_steal: {
    observation: "cpu_steal_percent",
    where: { window: "report" },
    told: "percent",
    warning: threshold(10, 5, 2),
    critical: null,
  },
  cpu_iowait: {
    observation: "cpu_iowait_percent",
    where: { window: "report" },
    told: "percent",
    warning: threshold(40, 20, 2),
    critical: null,
  },
  load: {
    observation: "load_15m_per_core",
    told: "ratio",
    warning: threshold(2, 1.5, 2),
    critical: null,
    coresAtLeast: 2,
    silencedBy: ["cpu_busy", "cpu_iowait"],
  },
  temperature: {
    observation: "temperature_pressing_celsius",
    tells: "temperature_celsius",
    told: "celsius",
    warning: threshold(80, 70, 2),
    critical: threshold(90, 80, 1),
  },
  certificate: {
    observation: "http_certificate_pressing_days",
    listedIn: "http",
    tells: "http_certificate_days",
    told: "days",
    warning: threshold(14, 15, 1),
    critical: threshold(3, 4, 1),
  },
  clock: {
    observation: "clock_off_seconds",
    told: "seconds",
    warning: threshold(60, 30, 1),
    critical: null,
  },
  // Yes or no. Of two that say the same, the one that silences the other stands first.
  storage_read_only: {
    ...state("storage_read_only", { critical: threshold(1, 0, 1) }),
    onlyWhenItBecomes: true,
  },
  storage_silent: state("storage_unanswered", { critical: threshold(1, 0, 2) }),
  raid: state("raid_devices_missing", { critical: threshold(1, 0, 1) }),
  zfs_pool: state("zfs_pools_online", { critical: threshold(0, 1, 1) }),
  btrfs: state("btrfs_devices_missing", { critical: threshold(1, 0, 1) }),
  service_down: {
    ...state("service_active", { critical: threshold(0, 1, 1) }),
    listedIn: "services",
  },
  service_not_enabled: {
    ...state("service_enabled", { warning: threshold(0, 1, 1) }),
    listedIn: "services",
  },
  units: {
    ...state("unit_failed", { warning: threshold(1, 0, 1) }),
    countedBy: "units_failed",
    silencedBy: ["service_down"],
  },
  containers: state("containers_unhealthy", { warning: threshold(1, 0, 2) }),
  http_down: {
    ...state("http_up", { critical: threshold(0, 1, 2) }),
    listedIn: "http",
  },
  tcp_down: {
    ...state("tcp_up", { critical: threshold(0, 1, 2) }),
    listedIn: "tcp",
  },
} as const satisfies Record<string, Rule<ObservationName>>;

/** The name of a rule, as the settings have it. */
export type RuleName = keyof typeof rules;

/** All rules, in the order of the table. */
export const ruleNames: readonly RuleName[] = Object.keys(rules).filter((name): name is RuleName => name in rules);
