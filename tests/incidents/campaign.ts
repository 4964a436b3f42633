/**
 * Plays all incidents, or those that are named, as `npm run incidents`, or `npm run incidents -- upgrade`, an upgrade of
 * Debian; writes its table of README.md. `npm run incidents -- certbot kernel docker` records what happens by itself.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { captureSequence } from "./captureSequence.ts";
import { type IncidentName, incidents } from "./incidents.ts";
import { playIncident } from "./run.ts";
import { sequenceNames } from "./sequenceScripts.ts";
import { playUpgrade } from "./upgrade.ts";

const named = process.argv.slice(2);
const names = Object.keys(incidents).filter((name): name is IncidentName => name in incidents);
const wanted = names.filter((name) => named.length === 0 || named.includes(name));
const rows: string[] = [];
let right = 0;
if (named.includes("upgrade")) await upgrade();
for (const name of sequenceNames.filter((one) => named.includes(one))) console.log(await captureSequence(name));
for (const name of wanted) {
  const { incident, text, missing, problem } = await playIncident(name);
  const isRight = missing.length === 0;
  if (isRight) right += 1;
  else console.error(`${incident.name}: ${missing.join(", ")} is missing in\n${text || (problem ?? "no alert")}\n`);
  const said =
    text
      .split("\n")
      .find((line) => incident.causes.some((cause) => line.toLowerCase().includes(cause.toLowerCase()))) ?? "";
  const cell = (words: string) => words.replaceAll("|", "\\|");
  const found = isRight ? cell(said.replaceAll(/<t:\d+:\w>/g, "12:00").slice(0, 160)) : "**not named**";
  const row = [incident.name, incident.made, incident.causes.map((cause) => `\`${cause}\``).join(" "), found];
  rows.push(`| ${row.join(" | ")} |`);
  console.log(rows.at(-1));
}
if (wanted.length > 0) {
  console.log(`\n${right} of ${wanted.length} name the cause`);
  if (right < wanted.length * 0.9) process.exitCode = 1;
}
const head = `${right} of ${wanted.length} name the cause.\n\n| incident | made | must be named | the line that names it |\n| --- | --- | --- | --- |`;
if (named.length === 0) writeTable("campaign", head, rows);

async function upgrade(): Promise<void> {
  const { rows: steps, isRight } = await playUpgrade();
  console.log(steps.join("\n"));
  if (!isRight) process.exitCode = 1;
  writeTable("upgrade", "| step | packages | looks | quiet | loud |\n| --- | --- | --- | --- | --- |", steps);
}

function writeTable(name: string, heading: string, lines: readonly string[]): void {
  const file = join(import.meta.dir, "README.md");
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const text = readFileSync(file, "utf8");
  const before = text.split(begin, 1)[0] ?? "";
  const after = text.split(end)[1] ?? "";
  writeFileSync(file, `${before}${begin}\n\n${heading}\n${lines.join("\n")}\n\n${end}${after}`);
}
