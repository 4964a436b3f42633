/**
 * Prints what came of every trace, as a table for tests/replay/README.md:
 *
 *     bun tests/replay/table.ts [--faults]
 */
import { judgeTrace } from "./replay.ts";
import { traces } from "./traces.ts";

const days = (count: number) =>
  count < 1 ? `${Math.round(count * 24)} h` : `${count} ${count === 1 ? "day" : "days"}`;
const rows = traces.map((trace) => [trace, judgeTrace(trace)] as const);
const cells = rows.map(([trace, { messages, missed, unexpected }]) => [
  trace.name,
  `${days(trace.days)}, every ${trace.every === 1 ? "minute" : `${trace.every} min`}`,
  trace.incidents,
  messages.length,
  missed.length,
  unexpected.length,
]);
const sums = [2, 3, 4, 5].map((column) => cells.reduce((sum, row) => sum + Number(row[column]), 0));
const table = [
  ["Trace", "Runs", "Incidents", "Messages", "Missed", "False"],
  ["---", "---", "--:", "--:", "--:", "--:"],
  ...cells,
  ["**All**", "", ...sums],
];
process.stdout.write(`${table.map((row) => `| ${row.join(" | ")} |`).join("\n")}\n`);
if (process.argv.includes("--faults")) {
  for (const [trace, { missed, unexpected }] of rows) {
    const faults = [...missed.map((what) => `missed ${what}`), ...unexpected.map((what) => `false  ${what}`)];
    if (faults.length > 0)
      process.stdout.write(`\n${trace.name}, ${trace.every} min\n  ${faults.slice(0, 12).join("\n  ")}\n`);
  }
}
