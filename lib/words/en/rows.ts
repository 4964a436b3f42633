import { changes } from "./changes.ts";
import type { ProbeProblem } from "../../model/probe.ts";
import type { CheckProblem } from "../../model/problem.ts";
import { grouped } from "../digits.ts";
import { sayProbeProblem, sayProblem } from "./checks.ts";
import { sayJob } from "./jobs.ts";
import { hardware } from "./hardware.ts";
import { numbers } from "./numbers.ts";
import { trafficWords } from "./traffic.ts";

const { count, duration, percent, some } = numbers;

const sinceReport = "since the last report";
const sinceBoot = "since boot";
const since = (isReport: boolean): string => (isReport ? sinceReport : sinceBoot);
const more = (hidden: number): string => `${hidden} more`;
const onlyOwn = "only your own processes are visible";
const containerLimit = "container limit";
/** How a container ended. */
const ended = (code: number | null): string => (code === null ? "gone" : `exit code ${code}`);

/** The texts of the rows, one group per metric. Amounts of bytes come in as text. */
export const rows = {
  ...numbers,
  ...hardware,
  row: {
    unavailable: (reason: string): string => `not available: ${reason}`,
    failed: (reason: string): string => `could not be read: ${reason}`,
    reason: (reason: string): string => reason,
    more,
    now: (value: string): string => `now ${value}`,
    used: (part: number, whole: number): string => `${grouped(part)} / ${grouped(whole)}`,
    noLimit: (value: number): string => `${grouped(value)} (no limit)`,
  },
  memory: {
    label: "Memory",
    containerLimit,
    zfs: (bytes: string): string => `plus ${bytes} ZFS cache`,
  },
  swap: { label: "Swap" },
  storage: { title: "Storage" },
  disk: {
    label: (mount: string): string => `Disk ${mount}`,
    failed: "could not be read",
    free: (bytes: string): string => `${bytes} free`,
    readOnly: "read-only",
    inodes: (share: string): string => `inodes ${share} used`,
  },
  fstab: {
    title: "fstab mounts",
    label: (mount: string): string => `Mount ${mount}`,
    missing: "not mounted (listed in /etc/fstab)",
    complete: (mounts: number): string => (mounts === 1 ? "mounted" : `all ${mounts} mounted`),
  },
  cpu: {
    label: "CPU",
    notMeasured: "not measured yet",
    sample: (seconds: string): string => `${seconds} s sample`,
    over: (seconds: number): string => `${duration(seconds)} average`,
    now: (share: string): string => `now ${share}`,
    iowait: (share: string): string => `I/O wait ${share}`,
    steal: (share: string): string => `steal ${share}`,
  },
  load: {
    label: "Load",
    cores: (cores: number): string => count.cores(cores),
    limitedCores: (cores: number): string => `${count.cores(cores)}, ${containerLimit}`,
    hostCores: (cores: number): string => `${count.cores(cores)} of the host`,
    longer: (five: string, fifteen: string): string => `5 min ${five}, 15 min ${fifteen}`,
  },
  pressure: {
    title: "Pressure (PSI)",
    label: { cpu: "CPU pressure", memory: "Memory pressure", io: "I/O pressure" },
    some: (share: number): string => `some tasks stalled ${percent(share)} of the last minute`,
    full: (share: number): string => `all tasks ${percent(share)}`,
    report: (share: number): string => `some ${percent(share)} ${sinceReport}`,
  },
  vmstat: { title: "Memory events" },
  oom: {
    label: "OOM kills",
    killed: (kills: number, isReport: boolean): string =>
      `${kills === 0 ? "none" : `${kills} ${kills === 1 ? "process" : "processes"} killed`} ${since(isReport)}`,
  },
  swapIo: {
    label: "Swap in/out",
    line: (read: string, written: string): string => `in ${read}/s, out ${written}/s ${sinceReport}`,
    share: (share: string): string => `${share} of memory`,
  },
  faults: {
    label: "Major faults",
    line: (perSecond: string): string => `${perSecond}/s read from disk ${sinceReport}`,
  },
  diskIo: {
    title: "Disk I/O",
    label: (device: string): string => `Disk I/O ${device}`,
    others: "Other disk I/O",
    traffic: (read: string, written: string, busy: number): string =>
      `read ${read}/s, write ${written}/s, busy ${percent(busy)}`,
    report: (traffic: string): string => `${traffic} ${sinceReport}`,
    total: (read: string, written: string): string => `read ${read}, written ${written} ${sinceBoot}`,
    operations: (reads: string, writes: string): string => `${reads} reads/s, ${writes} writes/s`,
  },
  network: {
    title: "Network",
    label: (port: string): string => `Network ${port}`,
    others: "Other interfaces",
    rates: (received: string, sent: string): string => `in ${received}/s, out ${sent}/s`,
    report: (rates: string): string => `${rates} ${sinceReport}`,
    total: (received: string, sent: string): string => `in ${received}, out ${sent} in total`,
    errors: (perSecond: string): string => `${perSecond} errors/s`,
    drops: (perSecond: string): string => `${perSecond} packets dropped/s`,
  },
  traffic: trafficWords,
  tcp: {
    label: "TCP",
    drops: (perSecond: string): string => `${perSecond} connections dropped/s (accept queue full)`,
    dropsTotal: (drops: number): string =>
      `${grouped(drops)} ${drops === 1 ? "connection" : "connections"} dropped (accept queue full) ${sinceBoot}`,
    resent: (perSecond: string): string => `${perSecond} retransmits/s`,
    resentTotal: (segments: number): string =>
      `${grouped(segments)} ${segments === 1 ? "retransmit" : "retransmits"} ${sinceBoot}`,
  },
  openFiles: { label: "Open files" },
  conntrack: { label: "Conntrack table" },
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
    title: "Service checks",
    notFound: "no such unit",
    notEnabled: (fileState: string): string => `running, but will not start at boot (${fileState})`,
    runs: "running",
    masked: "masked",
    looping: (result: string): string => `crash loop (${result})`,
    failed: (result: string): string => `failed (${result})`,
    inactive: "stopped",
  },
  http: {
    title: "Web checks",
    answers: (seconds: string): string => `answers in ${seconds} s`,
    certificate: (days: number): string => `certificate: ${duration(days * 86_400)} left`,
  },
  probe: {
    title: "Custom checks",
    others: "Other checks",
    well: "ok",
    /** Its edges. */
    limit: (range: readonly string[]): string => `limit ${range.join("–")}`,
    beyond: (value: string, limit: string): string => `${value}, ${limit}`,
    problem: (problem: ProbeProblem): string => sayProbeProblem(problem),
  },
  ports: { title: "Port checks", connects: (seconds: string): string => `connects in ${seconds} s` },
  /** The problem of a page or a port. */
  problem: (problem: CheckProblem): string => sayProblem(problem),
  jobs: {
    title: "Cron jobs",
    standing: sayJob,
  },
  containers: {
    label: "Containers",
    running: (running: number, total: number): string => `${running} of ${total} running`,
    healthUnknown: "health unknown",
    unhealthy: (names: readonly string[]): string => `unhealthy: ${some(names)}`,
    restarting: (names: readonly string[]): string => `restarting: ${some(names)}`,
    stopped: (names: readonly string[]): string => `stopped: ${some(names)}`,
    /** `code` is null for one that is not there any more. */
    exit: (name: string, code: number | null): string => `${name} (${ended(code)})`,
    ended,
  },
  changes,
  processes: {
    label: "Processes",
    total: (total: number, isOnlyOwn: boolean): string => (isOnlyOwn ? `${total}, ${onlyOwn}` : String(total)),
    threads: (threads: number): string => `${threads} ${threads === 1 ? "thread" : "threads"}`,
    running: (running: number): string => `${running} running`,
    blocked: (blocked: number): string => `${blocked} waiting for I/O`,
  },
  topProcesses: {
    title: "Top processes",
    cpu: "Top CPU",
    memory: "Top memory",
    zombies: "Zombies",
    line: (amount: string, name: string, pid: number): string => `${name} ${amount} (${pid})`,
    onlyOwn,
  },
  reboot: {
    label: "Reboot",
    due: "Reboot needed",
    news: "reboot needed",
    none: "not needed",
    newKernel: (version: string): string => `kernel ${version} installed`,
    forPackages: (packages: readonly string[]): string => `for ${some(packages)}`,
    forUpdate: "to finish an update",
  },
  updates: {
    label: "Updates",
    none: "none",
    waiting: (packages: number): string => `${packages} available`,
    security: (packages: readonly string[]): string => `security: ${some(packages)}`,
  },
  host: { title: "Host", system: "System", up: "Uptime" },
};

/** The words that metrics need for their rows. */
export type RowWords = typeof rows;
