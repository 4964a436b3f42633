import { test } from "bun:test";

import { type AddTest, type Need, program, testWhen } from "./programNeeds.ts";
import { lacks } from "./project.ts";

/** The executable under test; another one when TEST_BINARY names it. */
export const binary = process.env["TEST_BINARY"] ?? (await (await import("./binary.ts")).binary);

function mayMakeNamespaces(): boolean {
  if (process.getuid?.() !== 0 || lacks("unshare")) return false;
  return Bun.spawnSync(["unshare", "--mount", "--net", "--pid", "--fork", "mount", "-t", "tmpfs", "tmpfs", "/mnt"])
    .success;
}

/** Whether this user may make namespaces and mount in them: root on a machine, but not in every container. */
export const namespaces: Need = { what: "root that may mount", there: mayMakeNamespaces() };

/**
 * A `test` that makes namespaces and runs some programs. Where it cannot, it is skipped, and its name in the list of
 * skipped tests says what is missing.
 */
export const testWith = (...programs: readonly string[]): AddTest => testWhen([namespaces, ...programs.map(program)]);

/** The same for tests that mostly wait, and may do so side by side. */
export const concurrentTestWith = (...programs: readonly string[]): AddTest =>
  testWhen([namespaces, ...programs.map(program)], test.concurrent);

/** A `test` that runs some programs and makes no namespaces, so that any user may run it. */
export const testWithPrograms = (...programs: readonly string[]): AddTest => testWhen(programs.map(program));
