import { expect, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

import { ruleNames } from "../../lib/alerts/rules.ts";
import { changeKinds, changeOf } from "../../lib/model/change.ts";
import { NetworkFault } from "../../lib/model/problem.ts";
import { classic } from "../../lib/words/classic.ts";
import { en, type Words } from "../../lib/words/en.ts";
import { ja } from "../../lib/words/ja.ts";
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
  JobStanding: ["ok", "running", "failed", "unfinished"].flatMap((state) =>
    [true, false].map((is) => ({
      state,
      exit: 137,
      ago: 60,
      took: 7200,
      isSlow: is,
      isLate: is && state === "ok",
      pause: 90_000,
      usualPause: is ? 86_400 : null,
      usualTook: is ? 600 : null,
    })),
  ),
  Change: changeKinds.flatMap((kind) =>
    (["added", "removed", "changed"] as const).flatMap((action) => {
      const times = { atMs: 0, sinceMs: 0 };
      const full = { before: "1.0", after: "enabled", detail: "/srv", count: 14 };
      return [
        changeOf({ ...times, kind, action, subject: "x" }),
        changeOf({ ...times, kind, action, subject: hostile, ...full, names: kind === "package" ? ["a", "b"] : [] }),
        changeOf({ ...times, kind, action, subject: "x", count: 14, names: ["a", "b"] }),
      ];
    }),
  ),
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

/** Every text of a language, those that are loaded later among them. */
async function textsIn({ later, ...words }: Words): Promise<readonly Entry[]> {
  const loaded = Object.entries(later).map(async ([name, load]) => [name, await load()] as const);
  const lazy: object = Object.fromEntries(await Promise.all(loaded));
  // Rules have a test of their own, and one member makes no text: it says beside which thresholds a number is written.
  return entriesOf({ ...words, ...lazy, classic }, "").filter(({ path }) => !/^(?:thresholdsOf$|rules\.)/.test(path));
}

const english = new Map((await textsIn(en)).map(({ path, word }) => [path, word]));
const catalogues = { en, ja };
const entries = (
  await Promise.all(
    Object.entries(catalogues).map(async ([language, words]) => {
      const texts = await textsIn(words);
      return texts.map(({ path, word }) => ({ language, path, word }));
    }),
  )
).flat();

/** What the word of this place may be called with; a language that is not English has no types in its source. */
function argumentsOf(path: string): readonly (readonly unknown[])[] {
  const word = english.get(path);
  if (typeof word !== "function") throw new Error(`${path} is no function in English`);
  return choices(typesOf(word).map(samplesOf));
}

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

test.each(entries)("$language: $path is a text for whatever it is given", ({ path, word }) => {
  if (typeof word === "string") expect(faultIn(word, [])).toBeNull();
  else expect(faultsOf(word, argumentsOf(path))).toEqual([]);
});

const labels = ["mount", "sensor", "check", "unit", "array", "pool", "filesystem", "container", "device", "metric"];
const given = names.map((label) => Object.fromEntries(labels.map((one) => [one, label])));
const ofRules = [{}, ...given].flatMap((one) => ["", "96 %"].map((value) => [one, value] as const));

test.each(Object.entries(catalogues))(
  "%s: a rule has a text for whatever its labels and its number are",
  (_, words) => {
    for (const name of ruleNames) {
      for (const say of [words.rules[name].bad, words.rules[name].over]) {
        const faults = ofRules.map(([one, value]) => faultIn(say(one, value), ["", ...Object.values(one)]));
        expect([name, faults.filter((fault) => fault !== null)]).toEqual([name, []]);
      }
    }
  },
);

/** What no Japanese text has: half-width punctuation between words, and a full stop where there is no sentence. */
const foreign = /[()!?]|, |。$/;
/** Whole sentences. */
const sentences = /^(?:note|late|card\.refused|alert\.test\.text|alert\.again|status|check)\b/;

test("Japanese has full-width punctuation, and full stops only in sentences", () => {
  const texts = entries.filter(({ language, path }) => language === "ja" && !/^classic\b/.test(path));
  const said = texts.flatMap(({ path, word }) => {
    const all = typeof word === "string" ? [word] : argumentsOf(path).map((args) => String(word(...args)));
    return all.map((text) => ({ path, text: text.replaceAll(hostile, "x") }));
  });
  const rules = ruleNames.flatMap((name) =>
    ofRules.flatMap(([one, value]) =>
      [ja.rules[name].bad, ja.rules[name].over].map((say) => ({
        path: name,
        text: say(one, value).replaceAll(hostile, "x"),
      })),
    ),
  );
  const wrong = [...said, ...rules].filter(({ path, text }) =>
    foreign.test(sentences.test(path) ? text.replace(/。$/, "") : text),
  );
  expect(wrong.map(({ path, text }) => `${path}: ${text}`)).toEqual([]);
});

test("a Japanese label has at most 20 columns", () => {
  const texts = entries.filter(({ language, path }) => language === "ja" && /\.(?:label|title)$/.test(path));
  const wide = texts.flatMap(({ path, word }) =>
    typeof word === "string" && Bun.stringWidth(word) > 20 ? [`${path}: ${word}`] : [],
  );
  expect(wide).toEqual([]);
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
