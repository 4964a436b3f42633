import { lacks } from "./project.ts";

/** The Debian package of a program. */
const packages: Readonly<Record<string, string>> = {
  "qemu-aarch64-static": "qemu-user-static",
  "qemu-x86_64-static": "qemu-user-static",
  busybox: "busybox-static",
};

/** Something that a test needs: words for it, and whether it is there. */
export interface Need {
  readonly what: string;
  readonly there: boolean;
}

/** A program, named by its Debian package. */
export const program = (name: string): Need => ({ what: `the package ${packages[name] ?? name}`, there: !lacks(name) });

/** The machine that the tests run on. */
export const onX64: Need = { what: "an x64 machine", there: process.arch === "x64" };
