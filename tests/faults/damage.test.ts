import { expect } from "bun:test";

import { testWithPrograms } from "../support/needs.ts";
import type { Result } from "./books.ts";
import {
  changeLetters,
  flipBits,
  killWhileDamaged,
  refuseWhileDamaged,
  truncate,
  writeHostileValues,
} from "./damage.ts";

/** A sample of what `npm run faults -- damaged flips letters truncated hostile` does, always the same one. */
const sample: Readonly<Record<string, () => Promise<Result>>> = {
  "SIGKILL at a call": () => killWhileDamaged(8),
  "a disk that refuses": () => refuseWhileDamaged(["ENOSPC"]),
  "flipped bits": () => flipBits(12),
  "letters of the tables": () => changeLetters(6),
  "files cut off": () => truncate(10),
  "hostile values": () => writeHostileValues(31),
};

for (const [what, campaign] of Object.entries(sample)) {
  testWithPrograms("strace")(`on a damaged state, ${what}: nothing lost, nothing silent, no flood`, async () => {
    const { lost, silent, floods } = await campaign();
    expect({ lost, silent, floods }).toEqual({ lost: [], silent: [], floods: [] });
  });
}
