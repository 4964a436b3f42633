import * as v from "valibot";

import { type Host, ifThere, Unavailable } from "../model/host.ts";
import { defineMetric } from "../model/metric.ts";
import { gauge, observationKey, observations } from "../model/observation.ts";
import { parseCount, parsePercent } from "../proc/number.ts";
import type { RowWords } from "../words/en/rows.ts";

const schema = v.array(
  v.object({
    array: v.string(),
    active: v.boolean(),
    /** `raid1`; null while the array is not active. */
    level: v.nullable(v.string()),
    /** Expected and working devices; null for an active level without redundancy. */
    devices: v.nullable(v.object({ wanted: v.number(), working: v.number() })),
    /** Members marked as failed. */
    failed: v.array(v.string()),
    /** All that are listed, failed ones too; of older versions not there. */
    members: v.exactOptional(v.array(v.string())),
    /** The kernel's work on the array: `recovery`, `resync`, `reshape`, `check`; null percent while it waits. */
    operation: v.nullable(v.object({ name: v.string(), percent: v.nullable(v.number()) })),
  }),
);

/** The software RAID arrays. Sources: /proc/mdstat, `md(4)`; of one that is not active /sys/block/ARRAY/md/raid_disks. */
export type Raid = v.InferOutput<typeof schema>;
type RaidArray = Raid[number];

/** Parses /proc/mdstat: a paragraph an array. */
export function parseMdstat(text: string): Raid {
  return text.split(/^(?=\S+ : )/m).flatMap((paragraph) => {
    const [, array, state = "", words = ""] = /^(md\S*) : (\S+)(.*)/.exec(paragraph) ?? [];
    // The container of arrays with a BIOS's own metadata is never active; the arrays in it have their own paragraphs.
    if (array === undefined || / super external:[a-z]/.test(paragraph)) return [];
    const [slots = null, working = null] = (/ \[(\d+)\/(\d+)\]/.exec(paragraph) ?? []).slice(1).map(parseCount);
    const wanted = slots === null ? null : slots - countNeverFilled(paragraph);
    const [, name, progress] = /\b([a-z]+) *= *(?:([\d.]+)%|[A-Z]+)/.exec(paragraph) ?? [];
    return {
      array,
      active: state === "active",
      level: /\b(raid\d+|linear|multipath|faulty)\b/.exec(words)?.[1] ?? null,
      // While a member is being replaced, both it and the new one work.
      devices: wanted !== null && working !== null ? { wanted, working: Math.min(working, wanted) } : null,
      failed: Array.from(words.matchAll(/(\S+)\[\d+\](?:\([A-Z]\))*\(F\)/g), ([, member = ""]) => member),
      operation: name === undefined ? null : { name, percent: parsePercent(progress) },
    };
  });
}

/**
 * Slots at the end of a mirror that no disk ever had. The system partitions of a NAS are mirrored over as many slots as
 * it could ever have disks; no mirror of a server has eight. At most half of the slots are ever filled there.
 */
function countNeverFilled(paragraph: string): number {
  const slots = / \[([U_]{8,})\]/.exec(paragraph)?.[1];
  if (slots === undefined || !/ raid1 /.test(paragraph)) return 0;
  const listed = Array.from(paragraph.matchAll(/\S\[(\d+)\]/g), ([, slot]) => parseCount(slot) ?? 0);
  const filled = Math.max(slots.lastIndexOf("U"), ...listed) + 1;
  return filled <= slots.length / 2 ? slots.length - filled : 0;
}

/** All members that are listed, failed ones too. */
function membersIn(text: string, array: string): string[] {
  const line = text.split("\n").find((one) => one.startsWith(`${array} : `)) ?? "";
  return Array.from(line.matchAll(/(\S+)\[\d+\]/g), ([, member = ""]) => member).toSorted();
}

/** An array that is down lists what it found; how many it should have is known to the kernel. None of them works. */
async function withSize(host: Host, one: RaidArray): Promise<RaidArray> {
  if (one.active) return one;
  const text = await ifThere(host.readSys(`block/${one.array}/md/raid_disks`));
  const wanted = parseCount(text?.trim());
  return { ...one, devices: wanted === null || wanted === 0 ? null : { wanted, working: 0 } };
}

const missing = ({ devices }: RaidArray) => (devices === null ? 0 : devices.wanted - devices.working);

/** A check is routine: distributions start one every month. */
const isRebuilding = ({ operation }: RaidArray) => operation !== null && operation.name !== "check";

const isNews = (one: RaidArray) => !one.active || missing(one) > 0 || one.failed.length > 0 || isRebuilding(one);

function linesOf(one: RaidArray, { raid: words }: RowWords): readonly string[] {
  const { active, level, devices, failed, operation } = one;
  const state = !active ? "inactive" : missing(one) > 0 ? "degraded" : "active";
  return [
    words.state(level, state),
    ...(devices === null ? [] : [words.devices(devices.working, devices.wanted)]),
    ...(failed.length === 0 ? [] : [words.failed(failed)]),
    ...(operation === null ? [] : [words.operation(operation.name, operation.percent)]),
  ];
}

/** Software RAID: is a device missing, is an array being rebuilt? */
export const raid = defineMetric({
  order: 130,
  title: (words) => words.raid.title,
  schema,
  definitions: {
    raid_active: gauge("count", "1 when the array is active."),
    raid_devices_wanted: gauge("count", "Devices that the array should have."),
    raid_devices_missing: gauge(
      "count",
      "Devices that it lacks, all of them while it is not active; above 0 it is degraded.",
    ),
    raid_devices_failed: gauge("count", "Members marked as failed, spares too."),
    raid_operation_percent: gauge("percent", "How far a recovery, resync or check has come."),
  },
  collect: async (host) => {
    const text = await host.readProc("mdstat");
    const arrays = parseMdstat(text);
    if (arrays.length === 0) throw new Unavailable("no RAID array");
    return Promise.all(arrays.map((one) => withSize(host, { ...one, members: membersIn(text, one.array) })));
  },
  observe: (now) =>
    now.flatMap((one) => {
      const { array, active, devices, operation } = one;
      const values = {
        active: active ? 1 : 0,
        devices_wanted: devices?.wanted ?? null,
        devices_missing: devices === null ? null : missing(one),
        devices_failed: one.failed.length,
      };
      const progress = { operation_percent: operation?.percent ?? null };
      return [
        ...observations("raid", values, { array }),
        ...observations("raid", progress, { array, operation: operation?.name ?? "" }),
      ];
    }),
  describe: (now, _earlier, { words }) =>
    now.map((one) => ({
      label: words.raid.label(one.array),
      ...(one.devices === null ? {} : { number: `${one.devices.working}/${one.devices.wanted}` }),
      lines: linesOf(one, words),
      importance: isNews(one) ? "notable" : "detail",
      about: (["raid_active", "raid_devices_missing"] as const).map((name) =>
        observationKey({ name, labels: { array: one.array } }),
      ),
    })),
});
