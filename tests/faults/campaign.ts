/**
 * The long fault campaigns on the compiled binary, as `npm run faults`; ends with a table. Needs root, strace and the
 * programs that make file systems. `npm run faults -- power flips` runs those with one of these words in their name.
 *
 * Committed is every row that the outbox ever had: cards, alerts and digests. Delivered is what Discord accepted, by
 * itself or in a digest that tells of as many reports as went into it. Duplicates are bounded by the answers that were
 * lost and the runs that ended between acceptance and crossing out.
 */
import { lacks } from "../support/project.ts";
import { openBooks, type Result } from "./books.ts";
import {
  changeLetters,
  flipBits,
  killWhileDamaged,
  refuseWhileDamaged,
  truncate,
  writeHostileValues,
} from "./damage.ts";
import { failEveryCall, killAtEveryCall, killAtRandom } from "./kills.ts";
import { nobody, startLife } from "./life.ts";
import { cutPowerAtEveryCall } from "./power.ts";

async function outage(): Promise<Result> {
  await using life = await startLife();
  const { go, drain, count, close } = openBooks(life, { between: () => life.pass(30) });
  for (let run = 0; run < 144; run += 1) {
    count("runs without a network");
    await go({ environment: nobody });
  }
  await drain();
  return close("outage of three days");
}

/** By the names that a command line chooses them with. */
const campaigns: Readonly<Record<string, () => Promise<Result>>> = {
  calls: killAtEveryCall,
  "random here": () => killAtRandom(100, "as here"),
  "random tmpfs": () => killAtRandom(100, "tmpfs"),
  "random ext4": () => killAtRandom(100, "ext4"),
  "random xfs": () => killAtRandom(100, "xfs"),
  "random btrfs": () => killAtRandom(100, "btrfs"),
  "power ext4": () => cutPowerAtEveryCall("ext4"),
  "power xfs": () => cutPowerAtEveryCall("xfs"),
  "power btrfs": () => cutPowerAtEveryCall("btrfs"),
  EIO: () => failEveryCall("EIO"),
  ENOSPC: () => failEveryCall("ENOSPC"),
  outage,
  "damaged kills": killWhileDamaged,
  "damaged disk": refuseWhileDamaged,
  flips: () => flipBits(500),
  letters: () => changeLetters(130),
  truncated: truncate,
  hostile: writeHostileValues,
};

const wanted = process.argv.slice(2);
if (wanted[0] === "hour" || wanted[0] === "timer") {
  const { playHour } = await import("./hour.ts");
  const { openCron, openTimer } = await import("./scheduler.ts");
  const minutes = wanted[1] === undefined ? undefined : Number(wanted[1]);
  process.exit((await playHour(wanted[0] === "hour" ? openCron : openTimer, minutes)) === 0 ? 0 : 1);
}
const missing = ["strace", "mkfs.ext4", "mkfs.xfs", "mkfs.btrfs"].filter(lacks);
if (process.getuid?.() !== 0 || missing.length > 0) {
  console.error(`not run: needs root${missing.map((program) => `, ${program}`).join("")}`);
  process.exit(1);
}
const results: Result[] = [];
/** Told at once, because the whole takes an hour. */
async function note(campaign: Promise<Result>): Promise<void> {
  const result = await campaign;
  const { name, runs, faults, committed, delivered, lost, silent, floods, duplicates, bound, longestSeconds } = result;
  const sums = [committed, delivered, lost.length, silent.length, floods.length, `${duplicates} (${bound})`];
  console.log(`| ${[name, runs, faults, ...sums, `${longestSeconds.toFixed(2)} s`].join(" | ")} |`);
  for (const what of [...lost, ...silent, ...floods]) console.error(`in "${name}": ${what}`);
  results.push(result);
}
console.log(
  "| campaign | runs | faults | committed | delivered | LOST | never reports again | floods | duplicates (bound) | longest run |",
);
console.log("| --- | --: | --- | --: | --: | --: | --: | --: | --: | --: |");
for (const [name, campaign] of Object.entries(campaigns)) {
  if (wanted.length === 0 || wanted.some((word) => name.includes(word))) await note(campaign());
}
console.log(`\nPeak memory of a run: ${await peakMegabytes()} MB`);
const unlabelled = results.reduce((sum, one) => sum + one.unlabelled, 0);
console.log(`Duplicates that did not say that they may be: ${unlabelled}`);
const kept = results.every(
  ({ lost, silent, floods, duplicates, bound }) =>
    lost.length + silent.length + floods.length === 0 && duplicates <= bound,
);
process.exitCode = kept && unlabelled === 0 ? 0 : 1;

/** What a report with state has had resident at most by the time that it waits for Discord. */
async function peakMegabytes(): Promise<number> {
  await using life = await startLife();
  life.discord.script("hang");
  const script = `"$0" --sample 0 & sleep 0.5; grep VmHWM /proc/$!/status; kill $!`;
  const { stdout } = await life.run({ onThisMachine: true, command: (program) => ["sh", "-c", script, program] });
  return Math.round((Number(/\d+/.exec(stdout)?.[0]) * 1024) / 1e6);
}
