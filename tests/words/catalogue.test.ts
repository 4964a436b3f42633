import { expect, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

import { ruleNames } from "../../lib/alerts/rules.ts";
import { NetworkFault } from "../../lib/model/host.ts";
import { classic } from "../../lib/words/classic.ts";
import { en } from "../../lib/words/en.ts";
import { checkout } from "../support/checkout.ts";
import { run } from "../support/project.ts";
import { typesOf, type Word } from "./signatures.ts";

const hostile = "{mount} $& **x** <@1> @everyone \u202E";
const numbers = [0, 1, 2, 99_999, -7.25];
const names = ["", "/srv", hostile];

/** What a parameter may be, by its type. */
const samples: Readonly<Record<string, readonly unknown[]>> = {
  number: numbers,
  "number | null": [...numbers, null],
  string: names,
  "string | null": [...names, null],
  "readonly number[]": [[], [0, 85.5]],
  "readonly string[]": [[], ["a"], [hostile, "b", "c", "d"]],
  boolean: [true, false],
  Severity: ["warning", "critical"],
  "Severity | null": ["warning", "critical", null],
  CheckProblem: [
    { code: "status", got: 502, wanted: null },
    { code: "status", got: 502, wanted: 200 },
    { code: "noText", text: hostile },
    { code: "noAnswer", seconds: 5 },
    { code: "noConnection", seconds: 0.5 },
    { code: "redirects", most: 5 },
    { code: "badRedirect" },
    ...NetworkFault.options.map((fault) => ({ code: "fault", fault })),
    { code: "other", error: "" },
    { code: "other", error: "EACCES" },
  ],
};

function samplesOf(type: string): readonly unknown[] {
  const literals = Array.from(type.matchAll(/"(\w+)"/g), ([, literal]) => literal);
  const known = literals.length > 0 ? literals : samples[type];
  if (known === undefined) throw new Error(`the test has no samples of ${type}`);
  return known;
}

/** Every choice of one value a parameter. */
const choices = (lists: readonly (readonly unknown[])[]): readonly (readonly unknown[])[] =>
  lists.reduce<readonly (readonly unknown[])[]>(
    (chosen, list) => chosen.flatMap((before) => list.map((one) => [...before, one])),
    [[]],
  );

interface Entry {
  readonly path: string;
  readonly word: string | Word;
}

function entriesOf(value: object, path: string): readonly Entry[] {
  return Object.entries(value).flatMap(([key, one]: [string, unknown]) => {
    const at = path === "" ? key : `${path}.${key}`;
    if (typeof one === "string") return [{ path: at, word: one }];
    if (typeof one === "function") return [{ path: at, word: one as Word }];
    return entriesOf(one as object, at);
  });
}

const { later, rules, ...rest } = en;
const lazy = { chart: await later.chart(), history: await later.history(), watch: await later.watch() };

/** What is wrong with a text; a name that is handed in may say what it likes, and an empty one leaves its blanks. */
function faultIn(text: unknown, args: readonly unknown[]): string | null {
  if (typeof text !== "string") return "no text";
  const own = text.replaceAll(hostile, "x");
  const fault = /undefined|null|NaN|Infinity|\[object|[{}]/.exec(own)?.[0];
  if (fault !== undefined) return fault;
  return !args.flat().includes("") && own.includes("  ") ? "two blanks" : null;
}

const faultsOf = (word: Word, all: readonly (readonly unknown[])[]) =>
  all.flatMap((args) => {
    const text = word(...args);
    const fault = faultIn(text, args);
    return fault === null ? [] : [`${fault} in ${JSON.stringify(text)} of ${JSON.stringify(args)}`];
  });

/** The one member that makes no text: it says beside which thresholds a number is written. */
const isText = ({ path }: Entry) => path !== "thresholdsOf";

test.each(entriesOf({ ...rest, ...lazy, classic }, "").filter(isText))(
  "$path is a text for whatever it is given",
  ({ word }) => {
    if (typeof word === "string") expect(faultIn(word, [])).toBeNull();
    else expect(faultsOf(word, choices(typesOf(word).map(samplesOf)))).toEqual([]);
  },
);

test.each(ruleNames)("%s has a text for whatever its labels and its number are", (name) => {
  const labels = ["mount", "sensor", "check", "unit", "array", "pool", "filesystem"];
  const given = names.map((label) => Object.fromEntries(labels.map((one) => [one, label])));
  const args = [{}, ...given].flatMap((one) => ["", "96 %"].map((value) => [one, value] as const));
  for (const say of [rules[name].bad, rules[name].over]) {
    const faults = args.map(([one, value]) => faultIn(say(one, value), ["", ...Object.values(one)]));
    expect(faults.filter((fault) => fault !== null)).toEqual([]);
  }
});

test("a sentence that is missing does not compile, and the compiler says where", async () => {
  using project = checkout();
  const directory = project.at("lib/words/en");
  const missing = new Set<string>();
  const leaf = /^( +)(\w+)(: (?:\(|"|`|\w+\.\w+,).*)$/;
  for (const file of readdirSync(directory)) {
    const text = readFileSync(`${directory}/${file}`, "utf8");
    const begin = text.search(/^export const/m);
    const lines = text.slice(begin).split("\n");
    const changed = lines.map((line, index) => {
      // Of two that are missing in a rule the compiler tells the first.
      if (file === "rules.ts" && lines[index + 1]?.trim() !== "},") return line;
      return line.replace(leaf, (_, indent: string, name: string, value: string) => {
        missing.add(name);
        return `${indent}${name}_gone${value}`;
      });
    });
    writeFileSync(`${directory}/${file}`, text.slice(0, begin) + changed.join("\n"));
  }
  expect(missing.size).toBeGreaterThan(100);
  const { stdout, stderr } = await run([process.execPath, "check", "--no-script"], { cwd: project.at() });
  expect(stdout + stderr).toMatch(/^lib\/[\w/]+\.ts\(\d+,\d+\): error/m);
  const said = new Set(
    Array.from(
      (stdout + stderr).matchAll(/Property '(\w+)'|'(\w+)_gone' does not exist/g),
      ([, name, other]) => name ?? other,
    ),
  );
  expect([...missing].filter((name) => !said.has(name))).toEqual([]);
});
