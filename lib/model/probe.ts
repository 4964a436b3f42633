import * as v from "valibot";

import { CheckProblem } from "./problem.ts";

/** What a number of the owner's counts; absent for a plain number. In base units: bytes, seconds, days. */
export const Uom = v.picklist(["bytes", "celsius", "days", "percent", "seconds"]);
export type Uom = v.InferOutput<typeof Uom>;

/**
 * A range that is good, or one that is bad where `isInside`. Null for no end on that side. `isClosed`: a number on the edge
 * is on the bad side.
 */
export const Limit = v.object({
  start: v.nullable(v.number()),
  end: v.nullable(v.number()),
  isInside: v.boolean(),
  isClosed: v.boolean(),
});
export type Limit = Readonly<v.InferOutput<typeof Limit>>;

/** A warning and a critical limit. */
export interface Limits {
  readonly warning: Limit | null;
  readonly critical: Limit | null;
}

/** Where a probe asks. */
export type ProbeSource =
  /** A program by its absolute path, and its arguments. No shell. */
  | { readonly kind: "run"; readonly command: readonly string[] }
  /** A page; with a body it is a POST. All three are secrets. */
  | {
      readonly kind: "url";
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string | null;
    }
  /** The newest file of a glob. */
  | { readonly kind: "file"; readonly pattern: string };

/** A check of the owner's own. */
export interface Probe {
  readonly name: string;
  readonly source: ProbeSource;
  /** Which number; null for what the source has by itself. */
  readonly take: string | null;
  /** What a number without a unit of its own counts, and how many base units it is. */
  readonly unit: { readonly uom: Uom | null; readonly factor: number } | null;
  /** In base units. */
  readonly limits: Limits;
  /** An answer holds for so long; 0 for one look. */
  readonly everyMs: number;
  readonly timeoutSeconds: number;
  readonly isCharted: boolean;
  /** Other settings, another fingerprint: what was asked with the old ones does not hold. */
  readonly fingerprint: string;
}

/** Why a probe has no answer, or none that says anything. */
export const ProbeProblem = v.variant("code", [
  ...CheckProblem.options,
  /** The program is not there, or may not be run by this user. */
  v.object({ code: v.literal("absent") }),
  /** Others may change the program, so root does not run it. */
  v.object({ code: v.literal("unsafe") }),
  v.object({ code: v.literal("late"), seconds: v.number() }),
  /** The run had no time left for it. */
  v.object({ code: v.literal("noTime") }),
  v.object({ code: v.literal("tooMuch"), bytes: v.number() }),
  /** Null: killed by a signal. */
  v.object({ code: v.literal("ended"), status: v.nullable(v.number()) }),
  v.object({ code: v.literal("unknown") }),
  v.object({ code: v.literal("noNumber") }),
  v.object({ code: v.literal("noSuch"), take: v.string() }),
  v.object({ code: v.literal("several"), take: v.string(), count: v.number() }),
  v.object({ code: v.literal("noFile") }),
  v.object({ code: v.literal("noCertificate") }),
]);
export type ProbeProblem = Readonly<v.InferOutput<typeof ProbeProblem>>;

/** What a source answered. */
export type ProbeAnswer =
  | { readonly kind: "program"; readonly status: number | null; readonly output: string; readonly errors: string }
  | { readonly kind: "page"; readonly text: string }
  | {
      readonly kind: "file";
      readonly name: string;
      readonly ageSeconds: number;
      readonly bytes: number;
      /** Its beginning; null where it was not asked for. */
      readonly text: string | null;
    }
  | { readonly kind: "certificate"; readonly name: string; readonly daysLeft: number; readonly lifeDays: number }
  | { readonly kind: "nothing"; readonly problem: ProbeProblem };

/** One number of a probe. The first has no name in its key, so that another name makes no other series. */
export const ProbeNumber = v.object({
  label: v.nullable(v.string()),
  value: v.number(),
  uom: v.nullable(Uom),
  warning: v.nullable(Limit),
  critical: v.nullable(Limit),
});
export type ProbeNumber = Readonly<v.InferOutput<typeof ProbeNumber>>;

/** What a probe found. */
export const ProbeFinding = v.object({
  probe: v.string(),
  /** As the source itself says: 0 is well, 1 warning, 2 critical; null is not known. */
  state: v.nullable(v.picklist([0, 1, 2])),
  /** The source's own words, one line; empty for none. */
  text: v.string(),
  problem: v.nullable(ProbeProblem),
  numbers: v.array(ProbeNumber),
});
export type ProbeFinding = v.InferOutput<typeof ProbeFinding>;
