import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

import { machinesDirectory } from "../support/project.ts";
import type { Mutated } from "./mutators.ts";

/** Something that is read of a captured machine. */
export interface Target {
  readonly machine: string;
  /** `file` by its path, the others by their key of machine.json. */
  readonly kind: "file" | "statfs" | "run" | "getUnix" | "inventory";
  readonly name: string;
  /** One character a byte. */
  readonly text: string;
}

type Answers = Readonly<Record<string, unknown>>;
type Capture = Partial<Record<Target["kind"] | "missing", Answers>> & { readonly base?: string };

const kept = /^(?:proc|sys|etc|run|usr|var|lib|boot|later)\//;

function layersOf(directory: string): readonly { readonly directory: string; readonly capture: Capture }[] {
  const capture = JSON.parse(readFileSync(join(directory, "machine.json"), "utf8")) as Capture;
  const rest = capture.base === undefined ? [] : layersOf(resolve(directory, capture.base));
  return [{ directory, capture }, ...rest];
}

function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [relative(directory, join(entry.parentPath, entry.name))] : [],
  );
}

/** Everything that can be damaged of every machine with a directory of its own. */
export function findTargets(): readonly Target[] {
  return readdirSync(machinesDirectory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: machine }) => targetsOf(machine));
}

function targetsOf(machine: string): readonly Target[] {
  const targets = new Map<string, Target>();
  const add = (kind: Target["kind"], name: string, text: string) => {
    const key = `${kind} ${name}`;
    if (!targets.has(key)) targets.set(key, { machine, kind, name, text });
  };
  const layers = layersOf(join(machinesDirectory, machine));
  const missing = layers.flatMap(({ capture }) => Object.keys(capture.missing ?? {}));
  for (const { directory, capture } of layers) {
    for (const name of filesBelow(directory)) {
      const isMissing = missing.some((path) => `/${name}` === path || `/${name}`.startsWith(`${path}/`));
      if (kept.test(name) && !isMissing) add("file", name, readFileSync(join(directory, name), "latin1"));
    }
    for (const kind of ["statfs", "run", "getUnix", "inventory"] as const) {
      for (const [name, answer] of Object.entries(capture[kind] ?? {})) {
        const text = kind === "statfs" ? JSON.stringify(answer) : answer;
        if (typeof text === "string" && !text.includes('"error"')) add(kind, name, text);
      }
    }
  }
  return [...targets.values()];
}

/**
 * Writes a machine that lies over the target's, with the target damaged; a file perhaps only at the end of the sample
 * window. False where machine.json cannot hold what came of it.
 */
export function writeDamaged(directory: string, target: Target, mutated: Mutated, isLater: boolean): boolean {
  const { kind, name } = target;
  const base = join(machinesDirectory, target.machine);
  const machine: Record<string, unknown> = { base };
  if (kind === "file") {
    const path = isLater && !name.startsWith("later/") ? `later/${name}` : name;
    if (mutated !== null && typeof mutated !== "string" && mutated.instead === "nothing") {
      machine["missing"] = { [`/${name.replace(/^later\//, "")}`]: "is not there" };
    } else writeFile(join(directory, path), mutated);
  } else if (typeof mutated !== "string") machine[kind] = { [name]: { error: "no answer" } };
  else if (kind === "statfs") {
    const usage = usageOf(mutated);
    if (usage === null) return false;
    machine[kind] = { [name]: usage };
  } else machine[kind] = { [name]: mutated };
  writeFileSync(join(directory, "machine.json"), JSON.stringify(machine));
  return true;
}

/** Numbers that JSON can hold; statfs(2) has no others. */
function usageOf(text: string): unknown {
  try {
    const usage = JSON.parse(text) as Record<string, unknown>;
    const names = ["totalBytes", "freeBytes", "availableBytes", "inodes", "inodesFree"];
    return names.every((name) => typeof usage[name] === "number" && Number.isFinite(usage[name])) ? usage : null;
  } catch {
    return null;
  }
}

function writeFile(path: string, mutated: Mutated): void {
  mkdirSync(dirname(path), { recursive: true });
  if (typeof mutated === "string") writeFileSync(path, mutated, "latin1");
  else if (mutated.instead === "directory") mkdirSync(path);
  else symlinkSync(path, path);
}
