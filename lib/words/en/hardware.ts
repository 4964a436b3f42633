import { numbers } from "./numbers.ts";

const { count, list, percent } = numbers;

const hot = (sensor: string, critical: string | null): string =>
  `${sensor}${critical === null ? "" : ` (critical ${critical})`}`;

/** What md does to an array, where the kernel's word for it says little. */
const operations: Readonly<Record<string, string>> = { recovery: "rebuild" };

/** The rows of disks, sensors and what the machine is made of. */
export const hardware = {
  temperature: {
    label: "Temperature",
    line: (sensor: string, celsius: string, critical: string | null): string => `${sensor} ${hot(celsius, critical)}`,
    sensor: hot,
  },
  raid: {
    title: "RAID",
    label: (array: string): string => `RAID ${array}`,
    /** `level` as the kernel calls it; null while the array is not active. */
    state: (level: string | null, state: "active" | "degraded" | "inactive"): string =>
      [level, state === "active" ? "healthy" : state].filter((word) => word !== null).join(" "),
    devices: (working: number, wanted: number): string => `${working} of ${wanted} devices`,
    failed: (members: readonly string[]): string => `failed: ${list(members)}`,
    operation: (name: string, share: number | null): string =>
      `${operations[name] ?? name} ${share === null ? "waiting" : percent(share)}`,
  },
  btrfs: {
    title: "btrfs",
    label: (mount: string): string => `btrfs ${mount}`,
    complete: "complete",
    degraded: "degraded",
    devices: (devices: number): string => `${devices} ${devices === 1 ? "device" : "devices"}`,
    present: (present: number, devices: number): string => `${present} of ${devices} devices`,
    errors: (errors: number): string => `${count.errors(errors)} so far`,
  },
  zfs: { title: "ZFS pools", label: (pool: string): string => `ZFS pool ${pool}` },
  smart: {
    title: "SMART",
    passed: "passed",
    failing: "predicts failure",
    silent: "no verdict",
    line: (device: string, verdict: string, pending: number): string =>
      `${device} ${verdict}${pending === 0 ? "" : `, ${pending} pending ${pending === 1 ? "sector" : "sectors"}`}`,
  },
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
