import * as v from "valibot";

import { type Host, Unavailable } from "../model/host.ts";
import { defineMetric } from "../model/metric.ts";
import { gauge, observationKey, observations } from "../model/observation.ts";
import { parseSmart } from "../proc/smartctl.ts";
import type { RowWords } from "../words/en/rows.ts";

const schema = v.object({
  disks: v.array(
    v.object({
      device: v.string(),
      /** It predicts its own failure; null where it did not say. */
      isFailing: v.nullable(v.boolean()),
      pendingSectors: v.nullable(v.number()),
    }),
  ),
  /** When the disks were asked, milliseconds since the epoch. */
  askedMs: v.exactOptional(v.number()),
});

/** What the disks say of themselves. Source: `smartctl(8)`, one process a disk, which does not wake one that sleeps. */
export type Smart = v.InferOutput<typeof schema>;
type SmartDisk = Smart["disks"][number];

/** Not those of a virtual machine, which have nothing to say. */
const isDisk = (name: string) => /^(?:sd[a-z]+|hd[a-z]|nvme\d+n\d+)$/.test(name);

const deadlineMs = 5000;
const args = ["--json", "--nocheck=standby,0", "--health", "--attributes"];

async function collectSmart(host: Host): Promise<Smart> {
  const names = (await host.list("/sys/block")).filter(isDisk);
  const disks: SmartDisk[] = [];
  let closed = 0;
  for (const device of names) {
    // Its exit status is a set of bits, of which some say that the disk is failing.
    const text = await host.run("smartctl", [...args, `/dev/${device}`], { deadlineMs, anyStatus: true });
    const { isClosed, isFailing, pendingSectors } = parseSmart(text);
    if (isClosed) closed += 1;
    else disks.push({ device, isFailing, pendingSectors });
  }
  if (names.length === 0) throw new Unavailable("no disk with SMART");
  // For a user other than root, and in a unit without devices.
  if (closed === names.length) throw new Unavailable("not readable here");
  return { disks };
}

/** One that sleeps says nothing, and is as it last said. */
function carryDisk(now: SmartDisk, before: Smart | null): SmartDisk {
  const known = before?.disks.find(({ device }) => device === now.device);
  return now.isFailing === null && known !== undefined ? known : now;
}

const pendingOf = ({ pendingSectors }: SmartDisk) => pendingSectors ?? 0;
const oneFor = (is: boolean) => (is ? 1 : 0);
const isBad = (disk: SmartDisk) => disk.isFailing === true || pendingOf(disk) > 0;

function lineOf(disk: SmartDisk, { smart: words }: RowWords): string {
  const verdict = disk.isFailing === null ? words.silent : disk.isFailing ? words.failing : words.passed;
  return words.line(disk.device, verdict, pendingOf(disk));
}

/** What the disks say of themselves: do they predict their failure, are there sectors that could not be read? */
export const smart = defineMetric({
  order: 148,
  title: (words) => words.smart.title,
  schema,
  errand: { inShow: () => false },
  deadlineMs: () => 12 * deadlineMs,
  definitions: {
    smart_failing: gauge("count", "1 when the disk predicts its own failure; asked once a day."),
    smart_pending_sectors: gauge("count", "Sectors that could not be read and wait to be written anew."),
  },
  collect: collectSmart,
  carry: ({ disks, askedMs }, before, atMs) => ({
    disks: disks.map((disk) => carryDisk(disk, before)),
    askedMs: Math.min(askedMs ?? atMs, atMs),
  }),
  observe: ({ disks }) =>
    disks.flatMap(({ device, isFailing, pendingSectors }) => [
      ...observations("smart", { failing: isFailing === null ? null : oneFor(isFailing) }, { device }),
      ...observations("smart", { pending_sectors: pendingSectors }, { device }),
    ]),
  describe: ({ disks }, _earlier, { words }) => [
    {
      label: words.smart.title,
      lines: [...disks.filter(isBad), ...disks.filter((disk) => !isBad(disk))].map((disk) => lineOf(disk, words)),
      importance: disks.some(isBad) ? "notable" : "detail",
      about: disks.flatMap(({ device }) =>
        (["smart_failing", "smart_pending_sectors"] as const).map((name) =>
          observationKey({ name, labels: { device } }),
        ),
      ),
    },
  ],
});
