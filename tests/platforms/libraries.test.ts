import { expect } from "bun:test";
import { readFileSync, statSync } from "node:fs";

import { readNeeds } from "./elf.ts";
import { binaryFor, platformTest, targetNames } from "./targets.ts";

platformTest("--target all builds for four machines", [], () => {
  for (const name of targetNames) {
    expect(statSync(binaryFor(name)).mode & 0o777).toBe(0o700);
    // e_machine of the ELF header: 183 is AArch64, 62 is x86-64.
    expect([name, readFileSync(binaryFor(name)).readUInt16LE(18)]).toEqual([name, name.includes("arm64") ? 183 : 62]);
  }
});

/** The oldest glibc that the README promises, of 2012: CentOS 7 has it, and everything since. */
const oldestGlibc = [2, 17] as const;

const partsOfGlibc = ["libc.so.6", "libdl.so.2", "libm.so.6", "libpthread.so.0"];

for (const [target, loader] of [
  ["linux-x64", "/lib64/ld-linux-x86-64.so.2"],
  ["linux-arm64", "/lib/ld-linux-aarch64.so.1"],
] as const) {
  platformTest(`the ${target} binary needs glibc 2.17 and nothing else`, [], () => {
    const { interpreter, libraries, versions } = readNeeds(readFileSync(binaryFor(target)));
    expect(interpreter).toBe(loader);
    expect(libraries.toSorted()).toEqual([...partsOfGlibc, loader.replace(/.*\//, "")].toSorted());
    expect(versions.length).toBeGreaterThan(0);
    expect(versions.filter((version) => !isOldEnough(version))).toEqual([]);
  });
}

for (const [target, machine] of [
  ["linux-x64-musl", "x86_64"],
  ["linux-arm64-musl", "aarch64"],
] as const) {
  platformTest(`the ${target} binary needs musl, libstdc++ and nothing else`, [], () => {
    expect(readNeeds(readFileSync(binaryFor(target)))).toEqual({
      interpreter: `/lib/ld-musl-${machine}.so.1`,
      libraries: ["libstdc++.so.6", `libc.musl-${machine}.so.1`],
      versions: [],
    });
  });
}

/** GLIBC_PRIVATE, or a version of another library, is not. */
function isOldEnough(version: string): boolean {
  const [, major, minor] = /^GLIBC_(\d+)\.(\d+)(?:\.\d+)?$/.exec(version) ?? [];
  return Number(major) === oldestGlibc[0] && Number(minor) <= oldestGlibc[1];
}
