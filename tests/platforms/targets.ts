import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { checkout } from "../support/checkout.ts";
import { type Need, testWhen } from "../support/programNeeds.ts";
import { isFresh, projectRoot } from "../support/project.ts";

/** Where the binaries for all four targets are, or why they are not there. */
type Targets = { readonly directory: string } | { readonly missing: string };

/** All that build.sh knows. */
export const targetNames = ["linux-x64", "linux-arm64", "linux-x64-musl", "linux-arm64-musl"] as const;

/** Built once for all tests of the platforms, in a checkout so that no .env gets in. */
const targets = await buildTargets();

async function buildTargets(): Promise<Targets> {
  const directory = join(projectRoot, "dist/targets");
  if (targetNames.every((name) => isFresh(join(directory, `server-metrics-${name}`)))) return { directory };
  mkdirSync(directory, { recursive: true });
  using tree = checkout();
  const { status, stdout, stderr } = await tree.build(["--target", "all", "--out", directory]);
  if (status === 0 && stderr === "" && targetNames.every((name) => stdout.includes(`/server-metrics-${name}: `)))
    return { directory };
  // 69 is what build.sh ends with when npm cannot fetch a runtime; anything else is a fault of ours.
  if (status === 69) return { missing: "the package registry" };
  throw new Error(`build.sh: ${stdout}${stderr}`);
}

/** The binary for a target. */
export function binaryFor(target: (typeof targetNames)[number]): string {
  if ("missing" in targets) throw new Error(`not built without ${targets.missing}`);
  return join(targets.directory, `server-metrics-${target}`);
}

/** The binaries for all targets. */
export const built: Need = { what: "missing" in targets ? targets.missing : "", there: !("missing" in targets) };

/** A `test` of built binaries. Where something is missing it is skipped, and its name says what. */
export function platformTest(name: string, needs: readonly Need[], body: () => Promise<void> | void): void {
  testWhen([built, ...needs])(name, body);
}
