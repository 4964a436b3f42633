import * as v from "valibot";

import { errorMessage, type Result } from "../errors.ts";
import { didYouMean } from "../nearest.ts";

/** The origin of wrong settings; `nameOf` gives a setting's name there. */
export interface Origin {
  readonly nameOf: (setting: string) => string;
}

/** The names that there are, at the top and in each table. */
export interface SettingNames {
  readonly top: object;
  readonly tables: Readonly<Record<string, object>>;
}

type Issues = readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]] | undefined;

/** Whose values no message may quote. */
const secrets =
  /^(webhook|heartbeat|alerts(\.(webhook|also(\.\d+(\.(url|headers|body))?)?))?|http(\.\d+(\.url)?)?|export(\.\d+(\.(url|headers))?)?|probe(\.\d+(\.(run|url|headers|body))?)?)$/;

/** Describes wrong settings, a line each: setting, origin, expectation, and the value unless it is secret. */
export function describeIssues(issues: Issues, origin: Origin | undefined, names: SettingNames): readonly string[] {
  return (issues ?? []).map((issue) => {
    // The name of a header can be what should be its value.
    const setting = (v.getDotPath(issue) ?? "").replace(/^((?:export|probe|alerts\.also)\.\d+\.headers)\..*$/s, "$1");
    const name = origin?.nameOf(setting) ?? setting;
    if (issue.type === "strict_object" && issue.expected === "never") {
      return `${name} is unknown${meantBy(setting, names)}`;
    }
    const got = issue.input === undefined ? "" : JSON.stringify(issue.input);
    // Whatever setting an address was meant for, it may hold a secret.
    const isSecret = got === "" || secrets.test(setting) || got.includes("://");
    return `${name}: expected ${issue.message}${isSecret ? "" : `, got ${got}`}`;
  });
}

function meantBy(setting: string, { top, tables }: SettingNames): string {
  const [first = "", ...below] = setting.split(".");
  const siblings = below.length === 0 ? top : (tables[first] ?? {});
  return didYouMean(below.at(-1) ?? first, Object.keys(siblings), JSON.stringify);
}

/** Reads a text in TOML; what is wrong with it is a clause about the text, with the line. */
export function parseToml(text: string): Result<object> {
  const parsed = parse(text);
  if (parsed.ok) return parsed;
  const line = firstBadLine(text);
  // An id of Discord's is larger than any integer that can be read exactly.
  const [id] = /losslessly/.test(parsed.problem) ? (/\d{16,}/.exec(text.split("\n")[line - 1] ?? "") ?? []) : [];
  if (id !== undefined) return { ok: false, problem: `has an id without quotes in line ${line}: write "${id}"` };
  return { ok: false, problem: `is not TOML: line ${line}: ${parsed.problem}` };
}

function parse(text: string): Result<object> {
  try {
    return { ok: true, value: Bun.TOML.parse(text) };
  } catch (error) {
    // A word that should be in quotes can be a secret.
    return {
      ok: false,
      problem: errorMessage(error)
        .replace(/^TOML Parse error: /, "")
        .replace(/: ".*"$/s, ""),
    };
  }
}

/** Bun gives no position: the error begins after the longest valid prefix. */
function firstBadLine(text: string): number {
  const lines = text.split("\n");
  const isRight = (_: string, index: number) => parse(lines.slice(0, index + 1).join("\n")).ok;
  return lines.findLastIndex(isRight) + 2;
}
