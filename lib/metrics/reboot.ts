import * as v from "valibot";

import { nameSome } from "../format.ts";
import { type Host, ifThere } from "../model/host.ts";
import type { Metric } from "../model/metric.ts";
import { gauge } from "../model/observation.ts";

const schema = v.object({
  required: v.boolean(),
  /** The packages that ask for it. */
  packages: v.array(v.string()),
});

/**
 * Does an update wait for a reboot? Source: /run/reboot-required and its `.pkgs`, which packages of Debian and its
 * kin write when they are updated (update-notifier, unattended-upgrades).
 */
export type Reboot = v.InferOutput<typeof schema>;

async function collectReboot(host: Host): Promise<Reboot> {
  if ((await ifThere(host.readFile("/run/reboot-required"))) === null) {
    // Only where packages would have written the file does its absence say anything.
    await host.readFile("/etc/debian_version");
    await host.list("/etc/apt");
    return { required: false, packages: [] };
  }
  const packages = (await ifThere(host.readFile("/run/reboot-required.pkgs"))) ?? "";
  // A package is written down at every one of its updates.
  return { required: true, packages: [...new Set(packages.split("\n").map((name) => name.trim()))].filter(Boolean) };
}

/** Whether an update waits for a reboot, and of what. */
export const reboot: Metric<Reboot> = {
  title: "Reboot",
  schema,
  core: false,
  sampled: false,
  definitions: {
    reboot_required: gauge("count", "1 when an update waits for a reboot."),
  },
  collect: collectReboot,
  observe: (now) => [{ name: "reboot_required", labels: {}, value: now.required ? 1 : 0 }],
  describe: ({ required, packages }) => {
    const about = ["reboot_required"];
    if (!required) return [{ label: "Reboot", lines: ["no package asks for one"], importance: "detail", about }];
    const lines = [packages.length === 0 ? "an update waits for it" : `for ${nameSome(packages)}`];
    return [{ label: "Reboot required", lines, importance: "notable", about }];
  },
};
