/**
 * The long form of the mutation fuzz, as `npm run fuzz -- --seed 7 --count 10000`; ends with a table. Without a seed it
 * takes a new one, and says which.
 */
import { parseArgs } from "node:util";

import { fuzz } from "./fuzz.ts";

const { values } = parseArgs({
  options: { seed: { type: "string" }, count: { type: "string", default: "10000" } },
});
const seed = Number(values.seed ?? Date.now() % 2 ** 32);
const count = Number(values.count);
if (!Number.isInteger(seed) || !Number.isInteger(count))
  throw new Error("usage: npm run fuzz -- --seed 7 --count 10000");
const started = performance.now();
const result = await fuzz({ seed, count });
const kinds = Map.groupBy(result.findings, ({ kind }) => kind);
const seconds = Math.round((performance.now() - started) / 1000);
console.log(
  `seed ${seed}: ${result.mutations} mutations of ${result.targets.size} sources by ${result.mutators.size} mutators ` +
    `in ${seconds} s, the slowest ${Math.round(result.slowestMs)} ms; ${result.findings.length} findings`,
);
for (const [kind, findings] of kinds) {
  console.log(`\n${kind}: ${findings.length}`);
  for (const { machine, target, mutator, index, example } of findings.slice(0, 12)) {
    console.log(`  ${index} ${machine} ${target}, ${mutator}: ${example.slice(0, 300)}`);
  }
}
process.exitCode = result.findings.length === 0 ? 0 : 1;
