import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { openCaptured } from "../../lib/host/captured.ts";
import { measure } from "../../lib/measure/measure.ts";
import { renderJson } from "../../lib/render/data.ts";
import { renderMessage } from "../../lib/render/discord/card.ts";
import { renderAll, renderGlance } from "../../lib/render/terminal/report.ts";
import type { Report } from "../../lib/report/report.ts";
import { noPast, type Past } from "../../lib/state/past.ts";
import { en } from "../../lib/words/en.ts";
import { machinesDirectory } from "../support/project.ts";
import { defaultConfig } from "../support/measure.ts";
import { type Fault, judge } from "./judge.ts";
import { type Mutator, mutators } from "./mutators.ts";
import { seeded } from "./random.ts";
import { findTargets, type Target, writeDamaged } from "./targets.ts";

/** What came of one damaged file. */
export interface Finding {
  readonly kind: string;
  readonly example: string;
  readonly machine: string;
  readonly target: string;
  readonly mutator: string;
  /** The number of the mutation, counted from 0. */
  readonly index: number;
}

/** What came of a run. */
export interface FuzzResult {
  readonly mutations: number;
  /** How often each target and each mutator had its turn. */
  readonly targets: ReadonlyMap<string, number>;
  readonly mutators: ReadonlyMap<string, number>;
  readonly findings: readonly Finding[];
  readonly slowestMs: number;
}

interface Sound {
  readonly report: Report;
  readonly past: Past;
}

const reportSeconds = 1800;

async function reportOf(directory: string, past: Past): Promise<Report> {
  const measured = await measure(openCaptured(directory), defaultConfig, past, { everything: true });
  const report = measured.report(en, []);
  renderJson(report, "1.2.3");
  renderMessage(report, defaultConfig, false);
  for (const render of [renderAll, renderGlance]) {
    render(report, { colour: false, ascii: false, columns: 80, ruler: Bun, timezone: "UTC" });
  }
  return report;
}

/** The sound machine, and itself as it was half an hour ago. */
async function soundOf(machine: string): Promise<Sound> {
  const directory = join(machinesDirectory, machine);
  const { snapshot } = await reportOf(directory, noPast);
  const { host } = snapshot.readings;
  const uptimeSeconds = host.status === "ok" ? (host.value.uptimeSeconds ?? 0) - reportSeconds : 0;
  const earlier = host.status === "ok" ? { ...host, value: { ...host.value, uptimeSeconds } } : host;
  const lastRun = {
    takenAtMs: snapshot.takenAtMs - 1000 * reportSeconds,
    readings: { ...snapshot.readings, host: earlier },
  };
  const past = { ...noPast, lastRun, lastCard: lastRun };
  return { report: await reportOf(directory, past), past };
}

/** What has names of its own in it, which a mutation can make look like numbers. */
const hasNames = ({ kind, name }: Target) =>
  kind === "run" ||
  kind === "getUnix" ||
  kind === "inventory" ||
  /os-release$|reboot-required|sys\/kernel\/|mountinfo$|mdstat$|_label$|\/name$|\/type$|diskstats$|net\/dev$|\d+\/stat$/.test(
    name,
  );

/**
 * What is a sign by being there: a reboot that is due, a mount that fstab asks for, the mounts that tell a container of
 * lxcfs from a machine, whose ZFS cache is its own, the limit without which all numbers are the host's, and the name of a kind of sensor.
 */
const isSign = ({ name }: Target) =>
  /^(?:run\/reboot-required|etc\/fstab|proc\/self\/mount(?:s|info))$/.test(name) ||
  /hwmon\d+\/name$|proc\/1\/cgroup$|memory\.(?:max|current|limit_in_bytes|usage_in_bytes)$/.test(name);

async function tryOne(
  target: Target,
  { mutator, isLater, text }: { mutator: Mutator; isLater: boolean; text: ReturnType<Mutator["mutate"]> },
  { report: before, past }: Sound,
): Promise<readonly Fault[]> {
  const directory = mkdtempSync(join(tmpdir(), "fuzz-"));
  try {
    if (!writeDamaged(directory, target, text, isLater)) return [];
    const report = await reportOf(directory, past);
    // Without an answer a disk is down, and what a program prints has no ending that would tell that it was cut.
    const loses = mutator.loses && target.kind === "file" && !isSign(target);
    return judge(report, past, { before, loses, hasNames: hasNames(target) });
  } catch (error) {
    return [["a crash", error instanceof Error ? (error.stack ?? error.message) : String(error)]];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * Damages files of captured machines and measures what is left, `count` times; the same for the same seed. The names of
 * files and the mutators take turns, so that none is left out of a run that is long enough.
 */
export async function fuzz({ seed, count }: { readonly seed: number; readonly count: number }): Promise<FuzzResult> {
  const random = seeded(seed);
  const sound = new Map<string, Sound>();
  const findings: Finding[] = [];
  const turns = { targets: new Map<string, number>(), mutators: new Map<string, number>() };
  const counted = (map: Map<string, number>, name: string) => map.set(name, (map.get(name) ?? 0) + 1);
  let slowestMs = 0;
  const byName = [...Map.groupBy(findTargets(), ({ name }) => name).values()];
  for (let index = 0; index < count; index++) {
    // Of the machines that have it, any.
    const target = random.pick(byName[index % byName.length]!);
    const mutator = mutators[index % mutators.length]!;
    const known = sound.get(target.machine) ?? (await soundOf(target.machine));
    sound.set(target.machine, known);
    const isLater = random.next() < 0.35;
    const text = mutator.mutate(target.text, random);
    const startedMs = performance.now();
    const faults = await tryOne(target, { mutator, isLater, text }, known);
    slowestMs = Math.max(slowestMs, performance.now() - startedMs);
    counted(turns.targets, target.name);
    counted(turns.mutators, mutator.name);
    const name = `${target.name}${isLater ? " later" : ""}`;
    for (const [kind, example] of faults) {
      findings.push({ kind, example, machine: target.machine, target: name, mutator: mutator.name, index });
    }
  }
  return { mutations: count, ...turns, findings, slowestMs };
}
