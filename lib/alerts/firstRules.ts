import type { RuleName } from "./rules.ts";

/** The rules of 0.1.0 that judge the same today. It kept no list of its rules in the state. */
export const firstRules: readonly RuleName[] = [
  "storage_used",
  "storage_full_soon",
  "storage_inodes",
  "memory",
  "swap_traffic",
  "swap_used",
  "cpu_busy",
  "cpu_steal",
  "cpu_iowait",
  "load",
  "temperature",
  "certificate",
  "clock",
  "storage_read_only",
  "storage_silent",
  "raid",
  "zfs_pool",
  "service_down",
  "service_not_enabled",
  "units",
  "http_down",
  "tcp_down",
];
