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

/** A tenth of what `npm run faults` does to a damaged state, always the same tenth. */
const tenth: Readonly<Record<string, () => Promise<Result>>> = {
  "SIGKILL at a call": () => killWhileDamaged(10),
  "a disk that refuses": () => refuseWhileDamaged(["ENOSPC"]),
  "flipped bits": () => flipBits(50),
  "letters of the tables": () => changeLetters(13),
  "files cut off": () => truncate(10),
  "hostile values": () => writeHostileValues(10),
};

for (const [what, campaign] of Object.entries(tenth)) {
  testWithPrograms("strace")(`on a damaged state, ${what}: nothing lost, nothing silent, no flood`, async () => {
    const { lost, silent, floods } = await campaign();
    expect({ lost, silent, floods }).toEqual({ lost: [], silent: [], floods: [] });
  });
}
