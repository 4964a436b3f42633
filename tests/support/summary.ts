import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";

/** What `npm test` says at its end, and whether it passes. */
export interface Summary {
  /** The names of the skipped tests, a line for each reason, then the counts. */
  readonly lines: readonly string[];
  readonly passes: boolean;
}

/**
 * Sums a run of `bun test` up. The counts are those that the runner prints last, because its JUnit report leaves out
 * a file that failed to load; that report in turn names skipped tests in every mode of output.
 */
export function summarise(log: string, junit: string, status: number, isRoot = false): Summary {
  const blocks = stripVTControlCharacters(log).matchAll(/((?:^ +\d+ .*\n)+)Ran \d+ tests? across/gm);
  const [, counts] = [...blocks].at(-1) ?? [];
  const count = (word: string): number => Number(new RegExp(`^ +(\\d+) ${word}`, "m").exec(counts ?? "")?.[1] ?? 0);

  const passed = count("pass");
  const skipped = count("skip") + count("todo");
  // An error outside any test is no "fail" of the runner's, and a crash is counted by nobody.
  const failed = Math.max(count("fail"), count("error"), status === 0 && counts ? 0 : 1);
  // With a pattern of names, those that it leaves out stand there as well.
  const names = skipped === 0 ? [] : skippedNames(junit);
  const lines = [
    ...(counts ? [] : ["The test runner ended before it counted."]),
    ...names.map((name) => `SKIPPED: ${name}`),
    ...reasons(names, isRoot),
    `${passed} passed, ${failed} failed, ${skipped} skipped`,
  ];
  return { lines, passes: failed === 0 && passed > 0 };
}

function skippedNames(junit: string): readonly string[] {
  const cases = junit.matchAll(/<testcase name="([^"]*)" classname="([^"]*)"[^>]*file="([^"]*)"[^>]*>\s*<skipped/g);
  return [...cases].map(([, name = "", group = "", file = ""]) =>
    unescapeXml(`${file}: ${group === "" ? "" : `${group}: `}${name}`),
  );
}

function unescapeXml(text: string): string {
  const characters: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return text.replaceAll(/&(lt|gt|quot|apos|amp);/g, (entity, name: string) => characters[name] ?? entity);
}

/** Why tests are skipped: at most five lines, each with how many, and the command that would run them. */
function reasons(names: readonly string[], isRoot: boolean): readonly string[] {
  const needs = names.map((name) =>
    [...name.matchAll(/ — needs (.*?)(?=: |$)/g)].flatMap(([, list = ""]) => list.split(", ")),
  );
  const distinct = (pattern: RegExp) => [...new Set(needs.flat().filter((need) => pattern.test(need)))].toSorted();
  const packages = distinct(/^the package (?!registry)/).map((need) => need.replace("the package ", ""));
  const elsewhere = distinct(/^(?!root|the package)/);
  const root = isRoot ? "outside of this container: npm test" : "sudo npm test";
  // A test that needs several things is counted with the first.
  const kinds: readonly (readonly [RegExp, string])[] = [
    [/^root/, `root${isRoot ? " that may mount" : ""}: ${root}`],
    [/^the package (?!registry)/, `Debian packages: sudo apt-get install ${packages.join(" ")}`],
    [/^the package registry/, "the package registry: with a network, npm test"],
    [/^/, `what is not here (${elsewhere.join(", ")}): where it is, npm test`],
  ];
  const kindOf = (list: readonly string[]) => kinds.findIndex(([pattern]) => list.some((need) => pattern.test(need)));
  const counted = [...kinds.keys(), -1].map((kind) => needs.filter((list) => kindOf(list) === kind).length);
  return counted.flatMap((count, kind) => {
    if (count === 0) return [];
    const tests = `${count} ${count === 1 ? "test needs" : "tests need"}`;
    return [`${tests} ${kinds[kind]?.[1] ?? "something that its name does not say"}`];
  });
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
  const { lines, passes } = summarise(log ?? "", junit ?? "", Number(status || 1), process.getuid?.() === 0);
  console.log(`\n${lines.join("\n")}`);
  process.exitCode = passes ? 0 : 1;
}
