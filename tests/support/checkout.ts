import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { type Finished, projectRoot, quoted, run, temporaryDirectory } from "./project.ts";

/** A copy of what is built, to build from. Gone when the scope ends. */
export interface Checkout extends Disposable {
  /** A path inside. */
  readonly at: (...path: readonly string[]) => string;
  /** Runs build.sh in there. */
  readonly build: (args?: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Finished>;
}

/**
 * A checkout of its own, so that no developer's .env gets in and nothing is written into the work tree. `files` are
 * written over those that are there.
 */
export function checkout(files: Readonly<Record<string, string>> = {}): Checkout {
  const directory = temporaryDirectory();
  const at = (...path: readonly string[]): string => join(directory.path, ...path);
  for (const name of ["build.sh", "package.json", "package-lock.json", "tsconfig.json", "index.ts", "lib"]) {
    cpSync(join(projectRoot, name), at(name), { recursive: true });
  }
  linkPackages(at("node_modules"));
  for (const [name, text] of Object.entries(files)) writeFileSync(at(name), text);
  return {
    at,
    build: async (args = [], env = {}) => run(["sh", at("build.sh"), ...args], { cwd: directory.path, env }),
    [Symbol.dispose]: directory[Symbol.dispose],
  };
}

/**
 * Puts a compiler in the place of a checkout's own that writes a million random bytes: quick, where nobody starts what is
 * built, and no two builds are the same.
 */
export function stubCompiler({ at }: Checkout): void {
  rmSync(at("node_modules/.bin"));
  mkdirSync(at("node_modules/.bin"));
  const script = `#!/bin/sh
for word; do
  case $word in --outfile=*) head -c 1000000 /dev/urandom >"\${word#*=}" && exit ;; esac
done
exec ${quoted(join(projectRoot, "node_modules/.bin/bun"))} "$@"
`;
  writeFileSync(at("node_modules/.bin/bun"), script, { mode: 0o755 });
}

/** The packages one by one, as if freshly installed: an install over a link to all of them would empty the real ones. */
function linkPackages(directory: string): void {
  const installed = join(projectRoot, "node_modules");
  mkdirSync(join(installed, ".cache"), { recursive: true });
  mkdirSync(directory);
  for (const name of readdirSync(installed)) symlinkSync(join(installed, name), join(directory, name));
  rmSync(join(directory, ".package-lock.json"));
  writeFileSync(join(directory, ".package-lock.json"), "{}");
}
