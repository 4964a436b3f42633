import type { ObservationName } from "../metrics/index.ts";
import { threshold, type Rule, type Severity } from "../model/rule.ts";

/** A yes/no state, without a number to show. */
const state = (observation: ObservationName, thresholds: Partial<Pick<Rule, Severity>>): Rule<ObservationName> => ({
  observation,
  notation: "state",
  warning: null,
  critical: null,
  ...thresholds,
});

/** Values that change by the minute must last this long. */
const forMinutes = 20;

/**
 * The default rules. After Netdata's stock alarms and node-exporter's mixin, less what their own maintainers made silent:
 * on a small server used memory and used swap say nothing, while available memory, swap traffic and kills do.
 */
export const rules = {
  storage_used: {
    observation: "storage_pressing_percent",
    displayAs: "storage_used_percent",
    hasReason: true,
    // An image, a snapshot or an archive is full by design.
    unless: "storage_read_only",
    notation: "percentUp",
    warning: threshold(85, 80, 1),
    critical: threshold(95, 90, 1),
  },
  storage_full_soon: {
    observation: "storage_full_in_hours",
    notation: "hours",
    level: "storage_used_percent",
    // A forecast without the level was wrong on many machines.
    warning: { ...threshold(24, 48, 2), from: 60 },
    critical: { ...threshold(4, 24, 2), from: 80 },
    isForecast: true,
    inhibitedBy: ["storage_used"],
  },
  storage_inodes: {
    observation: "storage_inodes_used_percent",
    unless: "storage_read_only",
    notation: "percentUp",
    warning: threshold(85, 80, 1),
    critical: threshold(95, 90, 1),
  },
  memory: {
    observation: "memory_available_percent",
    notation: "percentFree",
    warning: threshold(10, 15, 2),
    critical: threshold(5, 10, 2),
  },
  swap_traffic: {
    observation: "vmstat_swap_traffic_percent",
    where: { window: "report" },
    notation: "percent",
    warning: threshold(30, 20, 1),
    forMinutes,
    critical: null,
  },
  swap_used: {
    observation: "swap_used_percent",
    notation: "percent",
    warning: threshold(90, 80, 2),
    critical: null,
    // Swap in memory itself is full on purpose, and old pages do no harm.
    unless: "swap_in_memory",
    whileBelow: { name: "memory_available_percent", number: 15 },
    inhibitedBy: ["memory"],
  },
  cpu_busy: {
    observation: "cpu_busy_percent",
    where: { window: "report" },
    notation: "percent",
    warning: threshold(90, 75, 1),
    forMinutes,
    critical: null,
  },
  cpu_steal: {
    observation: "cpu_steal_percent",
    where: { window: "report" },
    notation: "percent",
    warning: threshold(10, 5, 1),
    forMinutes,
    critical: null,
  },
  cpu_iowait: {
    observation: "cpu_iowait_percent",
    where: { window: "report" },
    notation: "percent",
    warning: threshold(40, 20, 1),
    forMinutes,
    critical: null,
  },
  load: {
    observation: "load_15m_per_core",
    notation: "ratio",
    warning: threshold(2, 1.5, 1),
    forMinutes,
    critical: null,
    coresAtLeast: 2,
    inhibitedBy: ["cpu_busy", "cpu_iowait"],
  },
  temperature: {
    observation: "temperature_pressing_celsius",
    displayAs: "temperature_celsius",
    notation: "celsius",
    warning: threshold(80, 70, 2),
    critical: threshold(90, 80, 1),
  },
  certificate: {
    observation: "http_certificate_pressing_days",
    configuredIn: "http",
    displayAs: "http_certificate_days",
    notation: "days",
    warning: threshold(14, 15, 1),
    critical: threshold(3, 4, 1),
  },
  traffic: {
    observation: "traffic_used_percent",
    configuredIn: "traffic",
    notation: "percent",
    warning: threshold(80, 75, 1),
    critical: threshold(95, 90, 1),
  },
  // Netdata's netfilter_conntrack_full has the same thresholds.
  conntrack: {
    observation: "conntrack_used_percent",
    notation: "percent",
    warning: threshold(90, 85, 1),
    critical: threshold(95, 90, 1),
  },
  // NodeFileDescriptorLimit of node-exporter's mixin has the same thresholds.
  open_files: {
    observation: "open_files_used_percent",
    notation: "percent",
    warning: threshold(70, 60, 2),
    critical: threshold(90, 80, 1),
  },
  // One that is due for a day is said in the card; a week of it is forgotten.
  reboot: {
    observation: "reboot_waiting_days",
    notation: "days",
    warning: threshold(7, 6, 1),
    critical: null,
    presentIf: "reboot_required",
  },
  // Distributions install those by themselves within a day, where that is switched on.
  security_updates: {
    observation: "updates_security_waiting_days",
    notation: "days",
    warning: threshold(7, 6, 1),
    critical: null,
    presentIf: "updates_pending",
  },
  // What could never be read is said in the card, and no change.
  unread: {
    ...state("reading_failed", { warning: threshold(1, 0, 2) }),
    // Ten minutes from the first look to the last, at a look every five.
    forMinutes: 12,
    onlyWhenItBecomes: true,
    onlyWhenRaised: true,
    presentIf: "readings_failed",
  },
  clock: {
    observation: "clock_off_seconds",
    notation: "seconds",
    warning: threshold(60, 30, 1),
    critical: null,
  },
  // Yes or no. Of two that say the same, the one that inhibits the other comes first.
  storage_read_only: { ...state("storage_read_only", { critical: threshold(1, 0, 1) }), onlyWhenItBecomes: true },
  storage_silent: state("storage_unanswered", { critical: threshold(1, 0, 2) }),
  mount_missing: { ...state("mount_missing", { critical: threshold(1, 0, 2) }), absentMeansGone: true },
  raid_inactive: { ...state("raid_active", { critical: threshold(0, 1, 1) }), absentMeansGone: true },
  raid: {
    ...state("raid_devices_missing", { critical: threshold(1, 0, 1) }),
    inhibitedBy: ["raid_inactive"],
    absentMeansGone: true,
  },
  zfs_pool: { ...state("zfs_pools_online", { critical: threshold(0, 1, 1) }), absentMeansGone: true },
  smart: { ...state("smart_failing", { critical: threshold(1, 0, 1) }), absentMeansGone: true },
  smart_pending: {
    observation: "smart_pending_sectors",
    notation: "count",
    warning: threshold(1, 0, 1),
    critical: null,
    absentMeansGone: true,
  },
  btrfs: state("btrfs_devices_missing", { critical: threshold(1, 0, 1) }),
  service_down: { ...state("service_active", { critical: threshold(0, 1, 1) }), configuredIn: "services" },
  service_not_enabled: { ...state("service_enabled", { warning: threshold(0, 1, 1) }), configuredIn: "services" },
  units: {
    ...state("unit_failed", { warning: threshold(1, 0, 1), critical: threshold(2, 1, 1) }),
    presentIf: "units_failed",
    inhibitedBy: ["service_down"],
  },
  // By the default of a look every five minutes, three in a quarter of an hour. Fewer are not shown either.
  unit_restarts: {
    observation: "unit_restarts",
    notation: "count",
    warning: threshold(1, 0, 3),
    critical: null,
    onlyWhenRaised: true,
    presentIf: "units_failed",
    inhibitedBy: ["service_down", "units"],
  },
  containers: { ...state("container_unhealthy", { warning: threshold(1, 0, 2) }), presentIf: "containers_unhealthy" },
  container_restarting: {
    ...state("container_restarting", { warning: threshold(1, 0, 2) }),
    presentIf: "containers_count",
  },
  container_stopped: { ...state("container_stopped", { warning: threshold(1, 0, 2) }), absentMeansGone: true },
  http_down: { ...state("http_up", { critical: threshold(0, 1, 2) }), configuredIn: "http" },
  tcp_down: { ...state("tcp_up", { critical: threshold(0, 1, 2) }), configuredIn: "tcp" },
  // The owner's own: what a program says of itself, and numbers with their limits.
  probe: {
    ...state("probe_state", { warning: threshold(1, 0, 2), critical: threshold(2, 1, 2) }),
    configuredIn: "probes",
  },
  job_failed: { ...state("job_failed", { warning: threshold(1, 0, 1) }), absentMeansGone: true },
  job_late: { ...state("job_late", { warning: threshold(1, 0, 1) }), absentMeansGone: true },
  job_slow: { ...state("job_slow", { warning: threshold(1, 0, 1) }), absentMeansGone: true },
  probe_limit: {
    observation: "probe_value",
    notation: "own",
    warning: null,
    critical: null,
    hasOwnLimits: true,
    configuredIn: "probes",
  },
  probe_unknown: {
    ...state("probe_unknown", { warning: threshold(1, 0, 2) }),
    forMinutes: 15,
    configuredIn: "probes",
    onlyWhenRaised: true,
  },
} as const satisfies Record<string, Rule<ObservationName>>;

/** The name of a rule, as the settings have it. */
export type RuleName = keyof typeof rules;

/** The rules whose words say a reason. */
export type RuleWithReason = {
  [Name in RuleName]: (typeof rules)[Name] extends { readonly hasReason: true } ? Name : never;
}[RuleName];

/** All rules, in the order of the table. */
export const ruleNames: readonly RuleName[] = Object.keys(rules).filter((name): name is RuleName => name in rules);
