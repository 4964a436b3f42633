import * as v from "valibot";

import { Unavailable } from "../model/host.ts";

/** Placeholders of firmware and package for unknown values. */
const placeholder = /^(|-|unknown|not specified|to be filled by o\.?e\.?m\.?|default string|system .*name|computer)$/i;

const text = v.nullable(v.string());
const amount = v.nullable(v.number());

/** The CPU's model and its caches, each level summed over the machine. */
export const CpuModel = v.object({
  model: v.string(),
  l1dBytes: amount,
  l1iBytes: amount,
  l2Bytes: amount,
  l3Bytes: amount,
});
/** The CPU's model and its caches, each level summed over the machine. */
export type CpuModel = v.InferOutput<typeof CpuModel>;

/** The maker of the machine, or the hypervisor. */
export const MachineModel = v.object({ manufacturer: text, model: text, virtualisation: text });
/** The maker of the machine, or the hypervisor. */
export type MachineModel = v.InferOutput<typeof MachineModel>;

/** A whole disk; `smart` is its own verdict in lower case, null when it was not asked. */
export const Disk = v.object({ device: v.string(), model: text, sizeBytes: amount, smart: text });
/** A whole disk; `smart` is its own verdict in lower case, null when it was not asked. */
export type Disk = v.InferOutput<typeof Disk>;

/** A graphics card. */
export const Gpu = v.object({ vendor: text, model: v.string(), memoryBytes: amount });
/** A graphics card. */
export type Gpu = v.InferOutput<typeof Gpu>;

/** A memory module in its slot. */
export const MemoryModule = v.object({
  sizeBytes: v.number(),
  type: text,
  manufacturer: text,
  megatransfersPerSecond: amount,
});
/** A memory module in its slot. */
export type MemoryModule = v.InferOutput<typeof MemoryModule>;

const told = v.pipe(
  v.nullish(v.string(), ""),
  v.trim(),
  v.transform((value) => (placeholder.test(value) ? null : value)),
);

/** More than nothing; the package writes what it does not know as 0, "", null or NaN. */
const positive = v.fallback(v.nullable(v.pipe(v.number(), v.gtValue(0))), null);

const json = v.pipe(v.string(), v.parseJson());

const CpuAnswer = v.pipe(
  json,
  v.object({
    manufacturer: told,
    brand: told,
    cache: v.object({ l1d: positive, l1i: positive, l2: positive, l3: positive }),
  }),
);

/** The CPU's model and the sum of its caches, in bytes, from `cpu()`. Throws `Unavailable` when the model is empty. */
export function parseCpu(answer: string): CpuModel {
  const { manufacturer, brand, cache } = v.parse(CpuAnswer, answer);
  if (brand === null) throw new Unavailable("the CPU reports no model");
  const model = manufacturer === null || brand.includes(manufacturer) ? brand : `${manufacturer} ${brand}`;
  return { model, l1dBytes: cache.l1d, l1iBytes: cache.l1i, l2Bytes: cache.l2, l3Bytes: cache.l3 };
}

const SystemAnswer = v.pipe(
  json,
  v.object({ manufacturer: told, model: told, virtual: v.boolean(), virtualHost: told }),
);

/** The maker of the machine, or the hypervisor, from `system()`. Throws `Unavailable` when it is not known. */
export function parseMachine(answer: string): MachineModel {
  const { manufacturer, model, virtual, virtualHost } = v.parse(SystemAnswer, answer);
  const virtualisation = virtual ? (virtualHost ?? "virtual machine") : null;
  if (manufacturer === null && model === null && virtualisation === null) {
    throw new Unavailable("the firmware reports no manufacturer");
  }
  return { manufacturer, model, virtualisation };
}

const DisksAnswer = v.pipe(
  json,
  v.array(v.object({ device: v.string(), name: told, size: positive, smartStatus: told })),
);

/**
 * Disks with size in bytes and SMART state in lower case, `ok` or `predicted failure`, from `diskLayout()`. Its medium
 * is left out: a virtual disk counts as rotating. Throws `Unavailable` when there is none.
 */
export function parseDisks(answer: string): Disk[] {
  const disks = v.parse(DisksAnswer, answer);
  if (disks.length === 0) throw new Unavailable("no disk found, or lsblk is missing");
  return disks.map(({ device, name, size, smartStatus }) => ({
    device,
    model: name,
    sizeBytes: size,
    smart: smartStatus?.toLowerCase() ?? null,
  }));
}

const GraphicsAnswer = v.pipe(
  json,
  v.object({ controllers: v.array(v.object({ vendor: told, model: told, vram: positive })) }),
);

/** Graphics cards with memory in bytes, from `graphics()`. Throws `Unavailable` when there is none. */
export function parseGpus(answer: string): Gpu[] {
  const gpus = v
    .parse(GraphicsAnswer, answer)
    .controllers.flatMap(({ vendor, model, vram }) =>
      model === null ? [] : [{ vendor, model, memoryBytes: vram === null ? null : vram * 1024 ** 2 }],
    );
  if (gpus.length === 0) throw new Unavailable("no GPU found, or lspci is missing");
  return gpus;
}

const ModulesAnswer = v.pipe(
  json,
  v.array(v.object({ size: v.number(), type: told, formFactor: told, manufacturer: told, clockSpeed: positive })),
);

/**
 * Memory modules, size in bytes, without the empty slots, from `memLayout()`. Throws `Unavailable` when there is none:
 * the package then answers one module of the size of all memory, without any other fact.
 */
export function parseModules(answer: string): MemoryModule[] {
  const modules = v
    .parse(ModulesAnswer, answer)
    .filter(({ size, type, formFactor }) => size > 0 && (type ?? formFactor));
  if (modules.length === 0) throw new Unavailable("the firmware reports no memory module, or dmidecode is missing");
  return modules.map(({ size, type, manufacturer, clockSpeed }) => ({
    sizeBytes: size,
    type,
    manufacturer,
    megatransfersPerSecond: clockSpeed,
  }));
}

/** Words of a disk's SMART state that mean something, unlike `not supported`: 1 predicts a failure. */
export const smartVerdicts: Readonly<Record<string, 0 | 1>> = { ok: 0, "predicted failure": 1, failing: 1 };
