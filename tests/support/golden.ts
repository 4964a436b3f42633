import { expect } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import type * as v from "valibot";

import type { ReportDocument } from "./documents.ts";

/** `npm run golden` sets it. A CI run never writes what it should check. */
const updating = process.env["UPDATE_GOLDEN"] === "1" && !process.env["CI"];

/** Compares as bytes, so that rewriting an unchanged golden file changes nothing. */
export function expectGolden(file: string, text: string): void {
  if (updating) writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, "utf8"));
}

/**
 * A report as sorted lines, one a number. A reading that is not available leaves no line: a machine without a file
 * needs no new golden when a metric starts to read that file.
 */
export function linesOf({ observations, readings, ...rest }: Shown): ReadonlyMap<string, string> {
  const lines = Object.entries(rest).flatMap(([key, value]) => flatten(key, value));
  for (const { key, value, unit } of observations) lines.push([key, `${value} ${unit}`]);
  for (const [metric, reading] of Object.entries(readings as Readings)) {
    if (reading.status === "failed") lines.push([`${metric} failed:`, reading.reason]);
    if (reading.status === "ok") lines.push(...flatten(metric, reading.value));
  }
  return new Map(lines);
}

/** The lines that `base` has not; a line that only `base` has is `(not there)`. */
export function differenceOf(lines: Lines, base: Lines): Lines {
  const changed = [...lines].filter(([key, value]) => base.get(key) !== value);
  const gone = [...base.keys()].filter((key) => !lines.has(key)).map((key): Line => [key, "(not there)"]);
  return new Map([...changed, ...gone]);
}

export const textOf = (lines: Lines): string =>
  [...lines]
    .map(([key, value]) => `${key} ${value}\n`)
    .toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
    .join("");

type Shown = v.InferOutput<typeof ReportDocument>;
type Line = readonly [key: string, value: string];
type Lines = ReadonlyMap<string, string>;
type Readings = Readonly<
  Record<string, { status: "ok"; value: unknown } | { status: "unavailable" | "failed"; reason: string }>
>;

function flatten(key: string, value: unknown): Line[] {
  if (typeof value !== "object" || value === null) return [[key, JSON.stringify(value)]];
  const children = Object.entries(value);
  if (children.length === 0) return [[key, JSON.stringify(value)]];
  const name = (child: string) => (Array.isArray(value) ? `${key}[${child}]` : `${key}.${child}`);
  return children.flatMap(([child, inner]) => flatten(name(child), inner));
}
