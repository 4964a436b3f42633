import * as v from "valibot";

import { type Host, Unavailable } from "../model/host.ts";
import { defineMetric, type Reading, readingOf, type Row, sayAbsence, type Wording } from "../model/metric.ts";
import { gauge, observations } from "../model/observation.ts";
import {
  CpuModel,
  Disk,
  Gpu,
  MachineModel,
  MemoryModule,
  parseCpu,
  parseDisks,
  parseGpus,
  parseMachine,
  parseModules,
  smartVerdicts,
} from "../proc/inventory.ts";
import { parseCount } from "../proc/number.ts";
import type { RowWords } from "../words/en/rows.ts";

const partOf = <T extends v.GenericSchema>(value: T) =>
  v.variant("status", [
    v.object({ status: v.literal("ok"), value }),
    v.object({ status: v.literal("unavailable"), reason: v.string() }),
    v.object({ status: v.literal("failed"), reason: v.string() }),
  ]);

const schema = v.object({
  cpu: partOf(CpuModel),
  machine: partOf(MachineModel),
  disks: partOf(v.array(Disk)),
  gpus: partOf(v.array(Gpu)),
  modules: partOf(v.array(MemoryModule)),
});

/**
 * What the machine is made of; each part was found, is not there, or failed by itself. Source: systeminformation, which
 * asks lscpu, dmidecode, lsblk, smartctl and lspci. Facts that hardly change and cost some 30 processes, so they are read
 * on demand; serial numbers are left out on purpose.
 */
export type Inventory = v.InferOutput<typeof schema>;

async function attempt<T>(answer: Promise<string>, parse: (json: string) => T): Promise<Reading<T>> {
  try {
    return { status: "ok", value: parse(await answer) };
  } catch (error) {
    return readingOf(error);
  }
}

/** Five helpers, each with shells of its own, and threads everywhere. */
const processesNeeded = 100;

/**
 * Where few processes are allowed (`RLIMIT_NPROC`, threads count), helpers would leave none for this program itself, and
 * the runtime aborts when it cannot have a thread.
 */
async function mayHaveHelpers(host: Host): Promise<boolean> {
  const limits = await host.readProc("self/limits").catch(() => "");
  const allowed = parseCount(/^Max processes +(\d+)/m.exec(limits)?.[1]);
  return allowed === null || allowed >= processesNeeded;
}

async function collectInventory(host: Host): Promise<Inventory> {
  if (!(await mayHaveHelpers(host))) throw new Unavailable("the process limit is too low to read it");
  const [cpu, machine, disks, gpus, modules] = await Promise.all([
    attempt(host.inventory("cpu"), parseCpu),
    attempt(host.inventory("system"), parseMachine),
    attempt(host.inventory("diskLayout"), parseDisks),
    attempt(host.inventory("graphics"), parseGpus),
    attempt(host.inventory("memLayout"), parseModules),
  ]);
  const parts = { cpu, machine, disks, gpus, modules };
  if (cpu.status === "unavailable" && Object.values(parts).every(({ status }) => status === "unavailable")) {
    throw new Unavailable(cpu.reason);
  }
  return cpu.status === "ok" ? { ...parts, cpu: { ...cpu, value: await exactCache(host, cpu.value) } } : parts;
}

/**
 * systeminformation cuts lscpu's `24.8 MiB` to 24 MiB. A size that is not a multiple of what one such cache holds, by
 * the kernel's /sys/devices/system/cpu, is not told.
 */
async function exactCache(host: Host, cpu: CpuModel): Promise<CpuModel> {
  const checked = async (bytes: number | null, index: number) => {
    const file = `devices/system/cpu/cpu0/cache/index${index}/size`;
    const oneKib = parseCount(/^(\d+)K$/.exec((await host.readSys(file).catch(() => "")).trim())?.[1]) ?? 0;
    return bytes !== null && oneKib > 0 && bytes % (oneKib * 1024) !== 0 ? null : bytes;
  };
  return {
    ...cpu,
    l1dBytes: await checked(cpu.l1dBytes, 0),
    l1iBytes: await checked(cpu.l1iBytes, 1),
    l2Bytes: await checked(cpu.l2Bytes, 2),
    l3Bytes: await checked(cpu.l3Bytes, 3),
  };
}

const join = (parts: readonly (string | null)[]) => parts.filter((part) => part !== null).join(" ");

function describePart<T>(
  label: string,
  reading: Reading<T>,
  words: RowWords,
  tell: (value: T) => readonly string[],
): Row<never> {
  const lines = reading.status === "ok" ? tell(reading.value) : [sayAbsence(reading, words)];
  return { label, lines, importance: "detail", about: [], absent: reading.status === "unavailable" };
}

function describeInventory(now: Inventory, { format, words }: Wording): readonly Row<never>[] {
  const forms = words.inventory;
  const size = (bytes: number | null) => (bytes === null ? null : format.bytes(bytes));
  const caches = ({ l1dBytes, l1iBytes, l2Bytes, l3Bytes }: CpuModel) =>
    Object.entries({ L1d: l1dBytes, L1i: l1iBytes, L2: l2Bytes, L3: l3Bytes }).flatMap(([level, bytes]) =>
      bytes === null ? [] : [forms.cache(level, format.bytes(bytes))],
    );
  return [
    describePart(forms.cpu, now.cpu, words, (cpu) => [cpu.model, ...caches(cpu)]),
    describePart(forms.machine, now.machine, words, ({ manufacturer, model, virtualisation }) =>
      [join([manufacturer, model]), virtualisation ?? ""].filter((line) => line !== ""),
    ),
    describePart(forms.disks, now.disks, words, (disks) =>
      disks.map((disk) => join([disk.device, disk.model, size(disk.sizeBytes), disk.smart && forms.smart(disk.smart)])),
    ),
    describePart(forms.gpus, now.gpus, words, (gpus) =>
      gpus.map(({ vendor, model, memoryBytes }) => join([vendor, model, size(memoryBytes)])),
    ),
    describePart(forms.modules, now.modules, words, (modules) =>
      modules.map(({ sizeBytes, type, manufacturer, megatransfersPerSecond: speed }) =>
        join([format.bytes(sizeBytes), type, speed === null ? null : forms.speed(speed), manufacturer]),
      ),
    ),
  ];
}

/** CPU model and cache, machine and virtualisation, disks with their SMART state, GPUs, memory modules. */
export const inventory = defineMetric({
  order: 250,
  title: (words) => words.inventory.title,
  schema,
  isDetail: true,
  onDemand: true,
  definitions: {
    inventory_disk_smart_failing: gauge("count", "1 when the disk's SMART predicts a failure."),
  },
  collect: collectInventory,
  observe: ({ disks }) =>
    disks.status !== "ok"
      ? []
      : disks.value.flatMap(({ device, smart }) => {
          const value = smartVerdicts[smart ?? ""];
          return value === undefined ? [] : observations("inventory_disk", { smart_failing: value }, { device });
        }),
  describe: (now, _earlier, wording) => describeInventory(now, wording),
});
