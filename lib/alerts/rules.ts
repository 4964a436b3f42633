import { type Rule, line } from "../model/rule.ts";
import { stateRules } from "./stateRules.ts";

/**
 * The default rules. After Netdata's stock alarms and node-exporter's mixin, less what their own maintainers made silent:
 * on a small server used memory and used swap say nothing, while available memory, swap traffic and kills do.
 */
export const rules = {
  storage_used: {
    observation: "storage_pressing_percent",
    tells: "storage_used_percent",
    because: "less than 1 GiB left",
    subject: "disk {mount} {value} full",
    over: "disk {mount} back to {value}",
    told: "percentUp",
    warning: line(85, 80, 1),
    critical: line(95, 90, 1),
  },
  storage_full_soon: {
    observation: "storage_full_in_hours",
    subject: "disk {mount} full in about {value}",
    over: "disk {mount} no longer about to be full",
    told: "hours",
    level: "storage_used_percent",
    // A forecast without the level was wrong on many machines.
    warning: { ...line(24, 48, 2), from: 60 },
    critical: { ...line(4, 24, 2), from: 80 },
    silencedBy: ["storage_used"],
  },
  storage_inodes: {
    observation: "storage_inodes_used_percent",
    subject: "inodes of {mount} {value} used",
    over: "inodes of {mount} back to {value}",
    told: "percentUp",
    warning: line(85, 80, 1),
    critical: line(95, 90, 1),
  },
  memory: {
    observation: "memory_available_percent",
    subject: "memory {value}",
    over: "memory back to {value}",
    told: "percentFree",
    warning: line(10, 15, 2),
    critical: line(5, 10, 2),
  },
  swap_traffic: {
    observation: "vmstat_swap_traffic_percent",
    where: { window: "report" },
    subject: "swap traffic {value} of memory",
    over: "swap traffic back to {value} of memory",
    told: "percent",
    warning: line(30, 20, 2),
    critical: null,
  },
  swap_used: {
    observation: "swap_used_percent",
    subject: "swap {value}",
    over: "swap back to {value}",
    told: "percent",
    warning: line(90, 80, 2),
    critical: null,
  },
  cpu_busy: {
    observation: "cpu_busy_percent",
    where: { window: "report" },
    subject: "CPU {value}",
    over: "CPU back to {value}",
    told: "percent",
    warning: line(90, 75, 2),
    critical: null,
  },
  cpu_steal: {
    observation: "cpu_steal_percent",
    where: { window: "report" },
    subject: "CPU {value} stolen by the host",
    over: "CPU stolen by the host back to {value}",
    told: "percent",
    warning: line(10, 5, 2),
    critical: null,
  },
  cpu_iowait: {
    observation: "cpu_iowait_percent",
    where: { window: "report" },
    subject: "I/O wait {value}",
    over: "I/O wait back to {value}",
    told: "percent",
    warning: line(40, 20, 2),
    critical: null,
  },
  load: {
    observation: "load_15m_per_core",
    subject: "load {value} per core",
    over: "load back to {value} per core",
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
    over: "temperature of {sensor} back to {value}",
    told: "celsius",
    warning: line(80, 70, 2),
    critical: line(90, 80, 1),
  },
  certificate: {
    observation: "http_certificate_pressing_days",
    listedIn: "http",
    tells: "http_certificate_days",
    subject: "certificate of {check} has {value} left",
    over: "certificate of {check} good for {value}",
    told: "days",
    warning: line(14, 15, 1),
    critical: line(3, 4, 1),
  },
  clock: {
    observation: "clock_off_seconds",
    subject: "clock {value} off Discord's",
    over: "clock back to {value} off Discord's",
    told: "seconds",
    warning: line(60, 30, 1),
    critical: null,
  },
  ...stateRules,
} as const satisfies Record<string, Rule>;

/** The name of a rule, as the settings have it. */
export type RuleName = keyof typeof rules;

/** All rules, in the order of the table. */
export const ruleNames: readonly RuleName[] = Object.keys(rules).filter((name): name is RuleName => name in rules);
