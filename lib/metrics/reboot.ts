import * as v from "valibot";

import { dayMs } from "../clock.ts";
import { type Host, ifThere, Unavailable } from "../model/host.ts";
import { defineMetric } from "../model/metric.ts";
import { gauge, observations } from "../model/observation.ts";
import { findNextKernel } from "../proc/kernels.ts";
import type { RowWords } from "../words/en/rows.ts";

const schema = v.object({
  required: v.boolean(),
  /** The packages that ask for it. */
  packages: v.array(v.string()),
  /** The kernel that a reboot would start; null when it is the one that runs, or that is not known. */
  nextKernel: v.nullable(v.string()),
  /** When it was first asked for, milliseconds since the epoch, and how many days ago that was; absent for not at all. */
  sinceMs: v.exactOptional(v.number()),
  days: v.exactOptional(v.number()),
});

/**
 * Does an update wait for a reboot? Sources: /run/reboot-required and its `.pkgs`, which packages of Debian and its kin
 * write when they are updated, and the kernels below /lib/modules and in /boot beside the one that runs.
 */
export type Reboot = v.InferOutput<typeof schema>;

/** Programs that write /run/reboot-required. Its absence means something only where one is installed. */
const writers = [
  "/etc/kernel/postinst.d/unattended-upgrades",
  "/etc/kernel/postinst.d/update-notifier",
  "/etc/kernel/postinst.d/reboot-notifier",
  "/usr/share/update-notifier/notify-reboot-required",
];

/** Proxmox's pinned kernels, for the next boot and for all; `proxmox-boot-tool kernel pin`. */
const pins = ["/etc/kernel/next-boot-pin", "/etc/kernel/proxmox-boot-pin"];

async function collectReboot(host: Host): Promise<Reboot> {
  const isAsked = (await ifThere(host.readFile("/run/reboot-required"))) !== null;
  const packages = isAsked ? ((await ifThere(host.readFile("/run/reboot-required.pkgs"))) ?? "") : "";
  const next = await readNextKernel(host);
  const nextKernel = next ?? null;
  if (!isAsked && next === undefined && !(await isAnyThere(host, writers))) {
    throw new Unavailable("nothing here tells whether one is needed");
  }
  return {
    required: isAsked || nextKernel !== null,
    // A package is written down at every one of its updates.
    packages: [...new Set(packages.split("\n").map((name) => name.trim()))].filter(Boolean),
    nextKernel,
  };
}

async function isAnyThere(host: Host, paths: readonly string[]): Promise<boolean> {
  for (const path of paths) if ((await ifThere(host.readFile(path))) !== null) return true;
  return false;
}

/** Undefined when it is not known. A container starts no kernel. */
async function readNextKernel(host: Host): Promise<string | null | undefined> {
  const running = await ifThere(host.readProc("sys/kernel/osrelease"));
  const isContainer = (await ifThere(host.readFile("/run/systemd/container"))) !== null;
  if (running === null || isContainer) return undefined;
  const release = running.trim();
  for (const pin of pins) {
    const pinned = (await ifThere(host.readFile(pin)))?.trim();
    if (pinned) return pinned === release ? null : pinned;
  }
  const installed = (await ifThere(host.list("/lib/modules"))) ?? [];
  const boot = (await ifThere(host.list("/boot"))) ?? [];
  return findNextKernel(release, installed, boot);
}

function linesOf({ required, packages, nextKernel }: Reboot, { reboot: words }: RowWords): readonly string[] {
  if (!required) return [words.none];
  return [
    ...(nextKernel === null ? [] : [words.newKernel(nextKernel)]),
    ...(packages.length === 0 ? [] : [words.forPackages(packages)]),
    ...(nextKernel === null && packages.length === 0 ? [words.forUpdate] : []),
  ];
}

/** Whether an update waits for a reboot, and which packages. */
export const reboot = defineMetric({
  order: 220,
  title: (words) => words.reboot.label,
  schema,
  definitions: {
    reboot_required: gauge("count", "1 when an update waits for a reboot."),
    reboot_waiting_days: gauge("days", "For how long an update has waited for a reboot; not there while none does."),
  },
  collect: collectReboot,
  carry: (now, before, atMs) => {
    if (!now.required) return now;
    const sinceMs = Math.min((before?.required === true ? before.sinceMs : undefined) ?? atMs, atMs);
    return { ...now, sinceMs, days: (atMs - sinceMs) / dayMs };
  },
  observe: (now) => observations("reboot", { required: now.required ? 1 : 0, waiting_days: now.days ?? null }),
  describe: (now, _earlier, { words }) => [
    {
      label: now.required ? words.reboot.due : words.reboot.label,
      lines: linesOf(now, words),
      importance: now.required ? "notable" : "detail",
      ...(now.required ? { news: words.reboot.news } : {}),
      about: ["reboot_required", "reboot_waiting_days"],
    },
  ],
});
