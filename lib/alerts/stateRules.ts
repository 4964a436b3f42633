import { type Rule, type Severity, line } from "../model/rule.ts";

/** What is so or not so, without a number to tell: what is said while it is bad, and when it is over. */
const state = (observation: string, subject: string, over: string, lines: Partial<Pick<Rule, Severity>>): Rule => ({
  observation,
  subject,
  over,
  told: "state",
  warning: null,
  critical: null,
  ...lines,
});

/** The default rules for what is so or not so. Of two that say the same, the one that silences the other stands first. */
export const stateRules = {
  storage_read_only: {
    ...state("storage_read_only", "disk {mount} became read-only", "disk {mount} writable again", {
      critical: line(1, 0, 1),
    }),
    onlyWhenItBecomes: true,
  },
  storage_silent: state("storage_unanswered", "disk {mount} does not answer", "disk {mount} answers again", {
    critical: line(1, 0, 2),
  }),
  raid: state("raid_devices_missing", "RAID {array} degraded", "RAID {array} complete again", {
    critical: line(1, 0, 1),
  }),
  zfs_pool: state("zfs_pools_online", "ZFS pool {pool} not online", "ZFS pool {pool} online again", {
    critical: line(0, 1, 1),
  }),
  service_down: {
    ...state("service_active", "{unit} is not running", "{unit} runs again", { critical: line(0, 1, 1) }),
    listedIn: "services",
  },
  service_not_enabled: {
    ...state("service_enabled", "{unit} is not enabled, so gone after a reboot", "{unit} is enabled now", {
      warning: line(0, 1, 1),
    }),
    listedIn: "services",
  },
  units: {
    ...state("unit_failed", "{unit} failed", "{unit} no longer failed", { warning: line(1, 0, 1) }),
    countedBy: "units_failed",
    silencedBy: ["service_down"],
  },
  containers: state("containers_unhealthy", "unhealthy containers", "no unhealthy containers any more", {
    warning: line(1, 0, 2),
  }),
  http_down: {
    ...state("http_up", "{check} does not answer as it should", "{check} answers again", { critical: line(0, 1, 2) }),
    listedIn: "http",
  },
  tcp_down: {
    ...state("tcp_up", "{check} cannot be reached", "{check} can be reached again", { critical: line(0, 1, 2) }),
    listedIn: "tcp",
  },
} as const satisfies Record<string, Rule>;
