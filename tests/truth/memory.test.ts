import { expect } from "bun:test";

import { openNamespace } from "../support/namespace.ts";
import { testWith, testWithPrograms } from "../support/needs.ts";
import { type Finished, run } from "../support/project.ts";
import { parseShown, showNumbers, valueOf } from "../support/shown.ts";
import { noteDifferences } from "./differences.ts";
import { startLoad } from "./load.ts";

const note = noteDifferences("bytes");

/** The columns of `free -b` that we show, too. */
function parseFree({ stdout }: Finished): ReadonlyMap<string, number> {
  const numbers = (row: string) =>
    new RegExp(`^${row}:(.*)$`, "m").exec(stdout)?.[1]?.trim().split(/ +/).map(Number) ?? [];
  const [total = NaN, used = NaN, , , , available = NaN] = numbers("Mem");
  const [swapTotal = NaN, swapUsed = NaN] = numbers("Swap");
  return new Map([
    ["memory_total_bytes", total],
    ["memory_used_bytes", used],
    ["memory_available_bytes", available],
    ...(swapTotal === 0
      ? []
      : ([
          ["swap_total_bytes", swapTotal],
          ["swap_used_bytes", swapUsed],
        ] as const)),
  ]);
}

// procps before 4.0.1 counted as used what is neither free nor cache.
const freeVersion = Number(
  /(\d+\.\d+)/.exec((await run(["free", "--version"]).catch(() => undefined))?.stdout ?? "")?.[1],
);
const comparable = (free: ReadonlyMap<string, number>) =>
  [...free].filter(([key]) => key !== "memory_used_bytes" || freeVersion >= 4);

testWith("free")("memory and swap equal `free -b` to the byte when both read the same /proc/meminfo", async () => {
  await using machine = await openNamespace();
  await machine.shell("cp /proc/meminfo $W/meminfo && mount --bind $W/meminfo /proc/meminfo");
  const changes = [
    "true",
    "sed -i -E 's/^(SwapTotal: +).*/\\18388604 kB/; s/^(SwapFree: +).*/\\11234564 kB/' $W/meminfo",
    "sed -i -E 's/^(MemAvailable: +).*/\\10 kB/' $W/meminfo",
    "sed -i -E 's/^(MemTotal: +).*/\\12147483648 kB/; s/^(MemAvailable: +).*/\\11073741827 kB/' $W/meminfo",
  ];
  for (const change of changes) {
    await machine.shell(change);
    const shown = parseShown(await machine.run(showNumbers()));
    const free = parseFree(await machine.run(["free", "-b"]));
    for (const [key, theirs] of comparable(free)) {
      expect([change, key, note(`${key}, same /proc/meminfo`, valueOf(shown, key), theirs)]).toEqual([change, key, 0]);
    }
  }
});

for (const load of ["as it is", "loaded"] as const) {
  testWithPrograms("free", ...(load === "loaded" ? ["stress-ng"] : []))(
    `memory stays within 2 % of the total of what \`free -b\` said just before or after, machine ${load}`,
    async () => {
      await using _ = load === "loaded" ? await startLoad(["--vm", "1", "--vm-bytes", "256M", "--cpu", "1"]) : null;
      let agreed = 0;
      // What another program takes and gives back between two looks is in our answer only; it is not there each time.
      for (let round = 0; agreed < 5 && round < 25; round++) {
        const before = parseFree(await run(["free", "-b"]));
        const shown = parseShown(await run(showNumbers()));
        const after = parseFree(await run(["free", "-b"]));
        const within = 0.02 * valueOf(shown, "memory_total_bytes");
        const pairs = comparable(before).map(([key, theirs]) => {
          const ours = valueOf(shown, key);
          const [nearer = NaN] = [theirs, after.get(key) ?? NaN].toSorted(
            (one, other) => Math.abs(ours - one) - Math.abs(ours - other),
          );
          return { key, ours, nearer };
        });
        if (!pairs.every(({ ours, nearer }) => Math.abs(ours - nearer) < within)) continue;
        agreed++;
        for (const { key, ours, nearer } of pairs) note(`${key}, machine ${load}`, ours, nearer);
      }
      expect(agreed).toBe(5);
    },
  );
}
