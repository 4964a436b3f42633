import { readFileSync } from "node:fs";
import { join } from "node:path";

import { openBooks, type Result } from "./books.ts";
import { callsOnState, killOnState } from "./kills.ts";
import { type FileSystem, openDisk } from "./disk.ts";
import { startLife } from "./life.ts";

/**
 * Power cuts at every call on the state. It lies on a file system in a file behind a loop device: what has not been synchronised
 * is in the page cache only, so that a copy of that file is what the disk holds when the power goes. The run is killed
 * at the call, the copy takes the disk's place, its journal is replayed by mounting it, and life goes on from there.
 */
export async function cutPowerAtEveryCall(kind: FileSystem = "ext4"): Promise<Result> {
  await using life = await startLife();
  await using disk = await openDisk(life, kind);
  const { go, drain, count, look, close } = openBooks(life);
  const missing: string[] = [];
  await go();
  const cutAt = async (call: string, when: number) => {
    const takenAt = life.now();
    const prefix = killOnState(life.stateDirectory, call, when);
    const status = await go({ prefix }, disk.cutPower);
    const acknowledged = commitsIn(readFileSync(join(life.directory, "trace"), "utf8")) > 0;
    const known = [...look(), ...life.discord.messages.map((message) => JSON.stringify(message))];
    if (acknowledged && !known.some((text) => text.includes(takenAt))) missing.push(takenAt);
    return status;
  };
  for (const call of callsOnState) {
    for (let when = 1; (await cutAt(call, when)) !== 0; when += 1) {
      count("power cuts");
      await drain();
    }
  }
  await drain();
  const result = close(`power cut at every call, ${kind}`);
  return { ...result, lost: [...result.lost, ...missing] };
}

/** Transactions that were over: the header of the journal was cleared, and that synchronised. */
function commitsIn(trace: string): number {
  return [...trace.matchAll(/pwrite64\((\d+), "[^"]*"\.*, 28, 0\) = 28\n[^\n]*f(?:data)?sync\(\1\) += 0\n/g)].length;
}
