import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";

/** What `npm test` says at its end, and whether it passes. */
export interface Summary {
  /** The names of the skipped tests, then the counts. */
  readonly lines: readonly string[];
  readonly passes: boolean;
}

/**
 * Sums a run of `bun test` up. The counts are those that the runner prints last, because its JUnit report leaves out
 * a file that failed to load; that report in turn names skipped tests in every mode of output.
 */
export function summarise(log: string, junit: string, status: number): Summary {
  const blocks = stripVTControlCharacters(log).matchAll(/((?:^ +\d+ .*\n)+)Ran \d+ tests? across/gm);
  const [, counts] = [...blocks].at(-1) ?? [];
  const count = (word: string): number => Number(new RegExp(`^ +(\\d+) ${word}`, "m").exec(counts ?? "")?.[1] ?? 0);

  const passed = count("pass");
  const skipped = count("skip") + count("todo");
  // An error outside any test is no "fail" of the runner's, and a crash is counted by nobody.
  const failed = Math.max(count("fail"), count("error"), status === 0 && counts ? 0 : 1);
  const lines = [
    ...(counts ? [] : ["The test runner ended before it counted."]),
    ...skippedNames(junit).map((name) => `SKIPPED: ${name}`),
    `${passed} passed, ${failed} failed, ${skipped} skipped`,
  ];
  return { lines, passes: failed === 0 && passed > 0 };
}

function skippedNames(junit: string): readonly string[] {
  const cases = junit.matchAll(/<testcase name="([^"]*)"[^>]*file="([^"]*)"[^>]*>\s*<skipped/g);
  return [...cases].map(([, name = "", file = ""]) => unescapeXml(`${file}: ${name}`));
}

function unescapeXml(text: string): string {
  const characters: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return text.replaceAll(/&(lt|gt|quot|apos|amp);/g, (entity, name: string) => characters[name] ?? entity);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

if (import.meta.main) {
  const [directory = "."] = process.argv.slice(2);
  const [log, junit, status] = ["log", "junit.xml", "status"].map((name) => readIfThere(join(directory, name)));
  const { lines, passes } = summarise(log ?? "", junit ?? "", Number(status || 1));
  console.log(`\n${lines.join("\n")}`);
  process.exitCode = passes ? 0 : 1;
}
