import { join } from "node:path";

import * as v from "valibot";

import { binary } from "../support/binary.ts";
import { openNamespace } from "../support/namespace.ts";
import { projectRoot } from "../support/project.ts";
import { upgradeArchive } from "./archive.ts";

/** Packages that one step upgrades. */
const atOnce = 100;

const Found = v.array(v.object({ kind: v.string(), subject: v.string(), isLoud: v.boolean() }));
const Upgraded = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    looks: v.number(),
    steps: v.array(v.object({ name: v.string(), looks: v.number(), changed: v.number(), found: Found })),
    intrusions: v.array(v.object({ name: v.string(), found: Found })),
    loud: v.array(v.string()),
  }),
);

/** What came of an upgrade, as rows of a table, and whether all was as it has to be. */
export async function playUpgrade(): Promise<{ readonly rows: readonly string[]; readonly isRight: boolean }> {
  const archive = await upgradeArchive("bookworm", "trixie");
  await using box = await openNamespace({ processes: true, network: true });
  await box.shell("ip link set lo up; mount -o remount,size=6G $W");
  const script = join(projectRoot, "tests/incidents/upgrading.ts");
  const played = [script, archive, await binary, box.directory, String(atOnce)];
  const { stdout, stderr } = await box.run([process.execPath, "--no-env-file", ...played]);
  const result = v.safeParse(Upgraded, stdout.trim().split("\n").at(-1));
  if (!result.success) throw new Error(stderr.slice(0, 2000));
  const { steps, intrusions } = result.output;
  // Time that passes all at once is told, too.
  const loud = result.output.loud.filter((message) => !/"content":"🔵 Clock set forward by [^,"]*"/.test(message));
  const alarms = steps.flatMap(({ found }) => found.filter(({ isLoud }) => isLoud));
  for (const { kind, subject } of alarms) console.error(`a false alarm: ${kind} ${subject}`);
  const missed = intrusions.filter(({ name, found }) => !found.some(({ kind, isLoud }) => kind === name && isLoud));
  for (const { name } of missed) console.error(`not told aloud: ${name}`);
  // One message for each of what somebody did, and none more.
  if (loud.length !== intrusions.length) console.error(`${loud.length} loud messages: ${loud.join("\n")}`);
  const rows = steps.map(({ name, looks, changed, found }) => {
    const own = found.filter(({ isLoud }) => isLoud).length;
    return `| ${name} | ${changed} | ${looks} | ${found.length - own} | ${own} |`;
  });
  const told = intrusions.map(({ name }) => name).join(", ");
  rows.push(`| then: ${told} | 0 | ${intrusions.length} | 0 | ${intrusions.length - missed.length} |`);
  return { rows, isRight: alarms.length === 0 && missed.length === 0 && loud.length === intrusions.length };
}
