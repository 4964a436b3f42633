import { isPlainJson } from "../model/json.ts";
import type { ProbeProblem } from "../model/probe.ts";
import { parseSelector, samplesOf } from "./exposition.ts";

/** The number of a text, or why there is none; `text` is what stands in its place, such as a version. */
export type Taken =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly problem: ProbeProblem; readonly text?: string };

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
  if (typeof here !== "string") return number(typeof here === "number" ? here : Number.NaN);
  const taken = bareNumber(here);
  return taken.ok ? taken : { ...taken, text: here };
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
