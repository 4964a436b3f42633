import { test } from "bun:test";

import { packageOf, toolFile, toolFiles } from "../tools/tools.ts";
import { lacks } from "./project.ts";

/** Something that a test needs: words for it, and whether it is there. */
export interface Need {
  readonly what: string;
  readonly there: boolean;
}

/** A program, named by its Debian package. */
export const program = (name: string): Need => ({ what: `the package ${packageOf(name)}`, there: !lacks(name) });

/** A file of a Debian package, by its usual path. */
export const packageFile = (path: string): Need => ({
  what: `the package ${toolFiles[path] ?? path}`,
  there: toolFile(path) !== null,
});

/** The machine that the tests run on. */
export const onX64: Need = { what: "an x64 machine", there: process.arch === "x64" };

/** Not only the right to mount. */
export const root: Need = { what: "root", there: process.getuid?.() === 0 };

/** Certificates are made with it. */
export const openssl: Need = program("openssl");

/** A test that takes longer hangs. It is no measure of the machine. */
export const hangMs = 300_000;

/** Adds a test. */
export type AddTest = (name: string, run: () => Promise<void> | void, timeoutMs?: number) => void;

/** The end of the name of what is skipped: what is missing. Empty when nothing is. */
export function lacking(...needs: readonly Need[]): string {
  const missing = new Set(needs.filter(({ there }) => !there).map(({ what }) => what));
  return missing.size === 0 ? "" : ` — needs ${[...missing].join(", ")}`;
}

/** A `test` that has needs. Where one is not there the test is skipped, and its name says what is missing. */
export function testWhen(needs: readonly Need[], add: typeof test = test): AddTest {
  const missing = lacking(...needs);
  return (name, run, timeoutMs = hangMs) => {
    if (missing === "") add(name, run, timeoutMs);
    else test.skip(name + missing, run);
  };
}
