import { isPlainJson } from "../model/json.ts";
import type { ProbeProblem } from "../model/probe.ts";
import { parseSelector, samplesOf } from "./exposition.ts";

/** The number of a text, or why there is none. */
export type Taken =
  { readonly ok: true; readonly value: number } | { readonly ok: false; readonly problem: ProbeProblem };

const number = (value: number): Taken =>
  Number.isFinite(value) ? { ok: true, value } : { ok: false, problem: { code: "noNumber" } };

const bare = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/;

/** A text that is a number and nothing else. */
export function bareNumber(text: string): Taken {
  const trimmed = text.trim();
  return bare.test(trimmed) ? number(Number(trimmed)) : { ok: false, problem: { code: "noNumber" } };
}

/** A number out of JSON by a dotted path, out of a Prometheus page by name and labels, or the text itself. */
export function takeFrom(text: string, take: string | null): Taken {
  if (take === null) return bareNumber(text);
  return isPlainJson(text) ? fromJson(JSON.parse(text), take) : fromPage(text, take);
}

function fromJson(document: unknown, take: string): Taken {
  let here = document;
  for (const step of take.split(".")) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, step)) {
      return { ok: false, problem: { code: "noSuch", take } };
    }
    here = Object.entries(here).find(([name]) => name === step)?.[1];
  }
  if (typeof here === "boolean") return number(here ? 1 : 0);
  return typeof here === "number" ? number(here) : typeof here === "string" ? bareNumber(here) : number(Number.NaN);
}

function fromPage(page: string, take: string): Taken {
  const selector = parseSelector(take);
  const found = selector === null ? [] : samplesOf(page, selector);
  const [first] = found;
  if (first === undefined) return { ok: false, problem: { code: "noSuch", take } };
  // To choose one of several would be a guess.
  if (found.length > 1) return { ok: false, problem: { code: "several", take, count: found.length } };
  return number(first);
}
