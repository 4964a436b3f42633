import { expect } from "bun:test";
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { lacks, projectRoot, run, temporaryDirectory } from "../support/project.ts";
import { binaryFor, type Need, onX64, platformTest, program } from "./targets.ts";

/*
 * What somebody sees who has taken the wrong binary, or the right one to a place that lacks something. The words are
 * those of shells and loaders, not ours; the README's table has them with the cure, so here they are held against it.
 */
const readme = readFileSync(join(projectRoot, "README.md"), "utf8");

function expectInReadme(words: string): void {
  expect(readme).toContain(words);
}

for (const model of ["core2duo", "kvm64", "qemu64"]) {
  platformTest(
    `a ${model}, which has no SSE4.2, ends with "Illegal instruction"`,
    [onX64, program("qemu-x86_64-static")],
    async () => {
      const command = `qemu-x86_64-static -cpu ${model} ${binaryFor("linux-x64")} --version`;
      // The core goes where the scope's end removes it.
      using directory = temporaryDirectory();
      const { status, stdout, stderr } = await run(["sh", "-c", `${command}; exit $?`], { cwd: directory.path });
      expect(stdout).toBe("");
      expect(stderr).toContain("Illegal instruction");
      expect(status).toBe(132);
      expectInReadme("`Illegal instruction` (status 132)");
    },
  );
}

for (const [shell, command, words, status] of [
  ["bash", ["bash", "-c"], "cannot execute binary file: Exec format error", 126],
  ["dash", ["dash", "-c"], "Exec format error", 126],
  ["busybox", ["busybox", "sh", "-c"], 'syntax error: unexpected "("', 2],
] as const) {
  platformTest(
    `another architecture's binary is refused by ${shell}: ${words}`,
    [onX64, program(shell), withoutEmulation()],
    async () => {
      const finished = await run([...command, `${binaryFor("linux-arm64")} --version; exit $?`]);
      expect(finished.stdout).toBe("");
      expect(finished.stderr).toContain(words);
      expect(finished.status).toBe(status);
      expectInReadme(`\`${words}\``);
    },
  );
}

/** Where the kernel hands such binaries to QEMU by itself, they start. */
function withoutEmulation(): Need {
  const registered = existsSync("/proc/sys/fs/binfmt_misc/qemu-aarch64");
  return { what: "a kernel that does not emulate arm64 by itself", there: !registered };
}

const muslLoader = "/lib/ld-musl-x86_64.so.1";
const chroots: readonly Need[] = [
  onX64,
  { what: "root", there: process.getuid?.() === 0 && !lacks("chroot") },
  { what: "the package musl", there: existsSync(muslLoader) },
  program("busybox"),
];

/** A root as Alpine's, but without libstdc++: musl, BusyBox and the binary. */
function muslRoot(
  binary: string,
): ReturnType<typeof temporaryDirectory> & { readonly sh: (line: string) => ReturnType<typeof run> } {
  const root = temporaryDirectory();
  mkdirSync(join(root.path, "lib"));
  copyFileSync(muslLoader, join(root.path, muslLoader));
  copyFileSync(Bun.which("busybox") ?? "busybox", join(root.path, "busybox"));
  copyFileSync(binary, join(root.path, "server-metrics"));
  return { ...root, sh: async (line) => run(["chroot", root.path, "/busybox", "sh", "-c", line], { cwd: "/" }) };
}

platformTest('the glibc binary on a musl system is "not found", although it is there', chroots, async () => {
  using root = muslRoot(binaryFor("linux-x64"));
  const { status, stderr } = await root.sh("/busybox test -x /server-metrics && /server-metrics --version");
  expect(stderr).toBe("sh: /server-metrics: not found\n");
  expect(status).toBe(127);
  expectInReadme("`not found`");
});

/*
 * With libstdc++ it starts, which is not tested here: Debian has none that is built for musl. That it needs nothing but
 * these two is in libraries.test.ts.
 */
platformTest("the musl binary without libstdc++ says what is missing", chroots, async () => {
  using root = muslRoot(binaryFor("linux-x64-musl"));
  const { status, stderr } = await root.sh("/server-metrics --version");
  const words = "Error loading shared library libstdc++.so.6: No such file or directory";
  expect(stderr).toStartWith(`${words} (needed by /server-metrics)\nError relocating /server-metrics: `);
  expect(status).toBe(127);
  expectInReadme(words);
});
