import type { JobStanding } from "../../model/job.ts";
import type { ProbeProblem } from "../../model/probe.ts";
import type { CheckProblem } from "../../model/problem.ts";
import { sayProbeProblem, sayProblem } from "./checks.ts";
import { numbers } from "./numbers.ts";

const { count, duration, list, percent, some } = numbers;

const sinceReport = "since the last report";
const sinceBoot = "since boot";
const since = (isReport: boolean): string => (isReport ? sinceReport : sinceBoot);
const more = (hidden: number): string => `+${hidden} more`;
const onlyOwn = "only own processes visible";
const containerLimit = "container limit";
/** How a container ended. */
const ended = (code: number | null): string => (code === null ? "gone" : `exit code ${code}`);

const hot = (sensor: string, critical: string | null): string =>
  `${sensor}${critical === null ? "" : `, critical at ${critical}`}`;

/** The texts of the rows, one group per metric. Amounts of bytes come in as text. */
export const rows = {
  ...numbers,
  row: {
    unavailable: (reason: string): string => `not available: ${reason}`,
    failed: (reason: string): string => `could not be read: ${reason}`,
    reason: (reason: string): string => reason,
    more,
    now: (value: string): string => `now ${value}`,
    used: (part: number, whole: number): string => `${part} of ${whole}`,
    noLimit: (value: number): string => `${value}, no limit`,
  },
  memory: {
    label: "Memory",
    containerLimit,
    zfs: (bytes: string): string => `${bytes} of ZFS cache not counted`,
  },
  swap: { label: "Swap" },
  storage: { title: "Storage" },
  disk: {
    label: (mount: string): string => `Disk ${mount}`,
    failed: "could not be read",
    free: (bytes: string): string => `${bytes} left`,
    readOnly: "read-only",
    inodes: (share: string): string => `inodes ${share}`,
  },
  fstab: {
    title: "Mounts of fstab",
    label: (mount: string): string => `Mount ${mount}`,
    missing: "not mounted, although /etc/fstab asks for it",
    complete: (mounts: number): string => (mounts === 1 ? "the only one is there" : `all ${mounts} are there`),
  },
  cpu: {
    label: "CPU",
    notMeasured: "not measured",
    sample: (seconds: string): string => `${seconds} s sample`,
    over: (seconds: number): string => `${duration(seconds)} average`,
    now: (share: string): string => `now ${share}`,
    iowait: (share: string): string => `waiting for I/O ${share}`,
    steal: (share: string): string => `stolen by the host ${share}`,
  },
  load: {
    label: "Load",
    cores: (cores: number): string => `on ${count.cores(cores)}`,
    limitedCores: (cores: number): string => `on ${count.cores(cores)}, ${containerLimit}`,
    hostCores: (cores: number): string => `on ${count.cores(cores)} of the host`,
    longer: (five: string, fifteen: string): string => `${five} in 5 min, ${fifteen} in 15 min`,
  },
  pressure: {
    title: "Pressure",
    label: { cpu: "Waiting for CPU", memory: "Waiting for memory", io: "Waiting for I/O" },
    some: (share: number): string => `some work waited ${percent(share)} of the last minute`,
    full: (share: number): string => `all work at once ${percent(share)}`,
    report: (share: number): string => `some ${percent(share)} ${sinceReport}`,
  },
  vmstat: { title: "Memory management" },
  oom: {
    label: "Out of memory",
    killed: (kills: number, isReport: boolean): string =>
      `${kills === 0 ? "no" : kills} ${kills === 1 ? "process" : "processes"} killed for lack of memory ${since(isReport)}`,
  },
  swapIo: {
    label: "Swap traffic",
    line: (read: string, written: string): string => `in ${read}/s, out ${written}/s ${sinceReport}`,
    share: (share: string): string => `${share} of memory`,
  },
  faults: {
    label: "Page faults",
    line: (perSecond: string): string => `${perSecond} a second had to be read from disk, ${sinceReport}`,
  },
  diskIo: {
    title: "Disk I/O",
    label: (device: string): string => `Disk I/O ${device}`,
    others: "Disk I/O, others",
    traffic: (read: string, written: string, busy: number): string =>
      `read ${read}/s, written ${written}/s, busy ${percent(busy)}`,
    report: (traffic: string): string => `${traffic} ${sinceReport}`,
    total: (read: string, written: string): string => `read ${read}, written ${written} ${sinceBoot}`,
    operations: (reads: string, writes: string): string => `${reads} reads and ${writes} writes a second`,
  },
  network: {
    title: "Network",
    label: (port: string): string => `Network ${port}`,
    others: "More interfaces",
    rates: (received: string, sent: string): string => `in ${received}/s, out ${sent}/s`,
    report: (rates: string): string => `${rates} ${sinceReport}`,
    total: (received: string, sent: string): string => `in ${received}, out ${sent} since it came up`,
    errors: (perSecond: string): string => `${perSecond} errors a second`,
    drops: (perSecond: string): string => `${perSecond} packets dropped a second`,
  },
  tcp: {
    label: "TCP",
    drops: (perSecond: string): string => `${perSecond} connections dropped unaccepted a second`,
    dropsTotal: (drops: number): string => `${drops} connections dropped unaccepted ${sinceBoot}`,
    resent: (perSecond: string): string => `${perSecond} segments sent again a second`,
    resentTotal: (segments: number): string => `${segments} segments sent again ${sinceBoot}`,
  },
  openFiles: { label: "Open files" },
  conntrack: { label: "Tracked connections" },
  temperature: {
    label: "Temperature",
    line: (sensor: string, celsius: string, critical: string | null): string => `${celsius} ${hot(sensor, critical)}`,
    sensor: hot,
  },
  raid: {
    title: "RAID",
    label: (array: string): string => `RAID ${array}`,
    /** `level` as the kernel calls it; null while the array is not active. */
    state: (level: string | null, state: "active" | "degraded" | "inactive"): string =>
      [level, state === "inactive" ? "not active" : state].filter((word) => word !== null).join(" "),
    devices: (working: number, wanted: number): string => `${working} of ${wanted} devices`,
    failed: (members: readonly string[]): string => `failed: ${list(members)}`,
    operation: (name: string, share: number | null): string => `${name} ${share === null ? "waits" : percent(share)}`,
  },
  btrfs: {
    title: "btrfs",
    label: (mount: string): string => `btrfs ${mount}`,
    complete: "complete",
    degraded: "degraded",
    devices: (devices: number): string => `${devices} devices`,
    present: (present: number, devices: number): string => `${present} of ${devices} devices`,
    errors: (errors: number): string => `${count.errors(errors)} counted`,
  },
  zfs: { title: "ZFS pools", label: (pool: string): string => `ZFS pool ${pool}` },
  smart: {
    title: "SMART",
    passed: "passed",
    failing: "predicts its failure",
    silent: "says nothing",
    line: (device: string, verdict: string, pending: number): string =>
      `${device} ${verdict}${pending === 0 ? "" : `, ${pending} pending sectors`}`,
  },
  units: {
    label: "Services",
    noneFailed: "none failed",
    result: (unit: string, result: string): string => `${unit} (${result})`,
    failed: (units: readonly string[]): string => `failed: ${some(units)}`,
    notEnabled: "Not enabled",
    restarted: "Restarted by systemd",
    times: (unit: string, times: number): string => `${unit} ${times === 1 ? "once" : `${times} times`}`,
  },
  services: {
    title: "Watched services",
    notFound: "there is no such unit",
    notEnabled: (fileState: string): string => `runs, but is not enabled (${fileState}): gone after a reboot`,
    runs: "runs",
    masked: "masked",
    looping: (result: string): string => `fails again and again (${result})`,
    failed: (result: string): string => `failed (${result})`,
    inactive: "not active",
  },
  http: {
    title: "Watched pages",
    answers: (seconds: string): string => `answers in ${seconds} s`,
    certificate: (days: number): string => `certificate ends in ${duration(days * 86_400)}`,
  },
  probe: {
    title: "Own checks",
    others: "More checks",
    well: "well",
    /** Its edges. */
    limit: (range: readonly string[]): string => `limit ${range.join("–")}`,
    beyond: (value: string, limit: string): string => `${value}, ${limit}`,
    problem: (problem: ProbeProblem): string => sayProbeProblem(problem),
  },
  ports: { title: "Watched ports", connects: (seconds: string): string => `connects in ${seconds} s` },
  /** The problem of a page or a port. */
  problem: (problem: CheckProblem): string => sayProblem(problem),
  jobs: {
    title: "Cron jobs",
    standing: (job: JobStanding): string => {
      const { state, isLate, isSlow, usualPause, usualTook } = job;
      const usually = (seconds: number | null) => (seconds === null ? "" : `, usually ${duration(seconds)}`);
      if (isLate) return `did not run for ${duration(job.pause)}, usually every ${duration(usualPause ?? 0)}`;
      if (state === "failed") return `failed (exit ${job.exit}) ${duration(job.ago)} ago`;
      if (state === "unfinished") return "cut off when the machine went down";
      if (state === "running") return `running for ${duration(job.took)}${isSlow ? usually(usualTook) : ""}`;
      return `ok ${duration(job.ago)} ago, took ${duration(job.took)}${isSlow ? usually(usualTook) : ""}`;
    },
  },
  containers: {
    label: "Containers",
    running: (running: number, total: number): string => `${running} of ${total} running`,
    healthUnknown: "health not known",
    unhealthy: (names: readonly string[]): string => `unhealthy: ${some(names)}`,
    restarting: (names: readonly string[]): string => `restarting: ${some(names)}`,
    stopped: (names: readonly string[]): string => `stopped: ${some(names)}`,
    /** `code` is null for one that is not there any more. */
    exit: (name: string, code: number | null): string => `${name} (${ended(code)})`,
    ended,
  },
  processes: {
    label: "Processes",
    total: (total: number, isOnlyOwn: boolean): string => (isOnlyOwn ? `${total}, ${onlyOwn}` : String(total)),
    threads: (threads: number): string => `${threads} threads`,
    running: (running: number): string => `${running} running`,
    blocked: (blocked: number): string => `${blocked} waiting for I/O`,
  },
  topProcesses: {
    title: "Top processes",
    cpu: "Most CPU",
    memory: "Most memory",
    zombies: "Zombies",
    line: (amount: string, name: string, pid: number): string => `${amount} ${name} (${pid})`,
    onlyOwn,
  },
  reboot: {
    label: "Reboot",
    due: "Reboot required",
    news: "reboot due",
    none: "nothing asks for one",
    newKernel: (version: string): string => `kernel ${version} is installed`,
    forPackages: (packages: readonly string[]): string => `for ${some(packages)}`,
    forUpdate: "an update waits for it",
  },
  updates: {
    label: "Updates",
    none: "none",
    waiting: (packages: number): string => `${packages} waiting`,
    security: (packages: readonly string[]): string => `for security: ${some(packages)}`,
  },
  host: { title: "Host", system: "System", up: "Up" },
  inventory: {
    title: "Inventory",
    cpu: "CPU model",
    machine: "Machine",
    disks: "Disks",
    gpus: "GPUs",
    modules: "Memory modules",
    smart: (verdict: string): string => `SMART ${verdict}`,
    cache: (level: string, bytes: string): string => `${level} ${bytes}`,
    speed: (megatransfers: number): string => `${megatransfers} MT/s`,
  },
};

/** The words that metrics need for their rows. */
export type RowWords = typeof rows;
