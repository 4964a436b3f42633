import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import * as v from "valibot";

import { openNamespace } from "../support/namespace.ts";
import { projectRoot } from "../support/project.ts";
import { sequenceArchive } from "./archive.ts";
import { Look, pruned, Sequence } from "./recording.ts";
import type { SequenceName } from "./sequenceScripts.ts";

/** Where a recorded sequence lies, a look a line. */
const sequenceFile = (name: SequenceName): string => join(import.meta.dir, `sequences/${name}.jsonl`);

/** A sequence that was recorded. */
export const readSequence = (name: SequenceName): readonly Look[] =>
  readFileSync(sequenceFile(name), "utf8")
    .trim()
    .split("\n")
    .map((line) => v.parse(v.pipe(v.string(), v.parseJson(), Look), line));

/** Records a sequence anew, with mounts, processes and a network of its own, and writes it into its file. */
export async function captureSequence(name: SequenceName): Promise<string> {
  const archive = await sequenceArchive("bookworm", "trixie");
  await using box = await openNamespace({ processes: true, network: true });
  await box.shell("ip link set lo up; mount -o remount,size=6G $W");
  const script = join(projectRoot, "tests/incidents/capturing.ts");
  const played = [process.execPath, "--no-env-file", script, name, archive, box.directory];
  const { stdout, stderr } = await box.run(played);
  const result = v.safeParse(Sequence, stdout.trim().split("\n").at(-1));
  if (!result.success) throw new Error(stderr.slice(-2000));
  const looks = pruned(result.output);
  const text = looks.map((look) => `${JSON.stringify(look)}\n`).join("");
  writeFileSync(sequenceFile(name), text);
  return `${name}: ${looks.length} looks, ${text.length} bytes`;
}
