import { expect, test } from "bun:test";
import { chmodSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { runProgram } from "../../lib/host/program.ts";
import { Unavailable } from "../../lib/model/host.ts";
import { projectRoot, run, temporaryDirectory } from "../support/project.ts";

const shell = (script: string, limits = {}) => runProgram("sh", ["-c", script], limits);

/** A file of every process, as far as it is still there when it is read. */
function ofProcesses(file: string): readonly string[] {
  return readdirSync("/proc").flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      return [readFileSync(`/proc/${pid}/${file}`, "utf8")];
    } catch {
      return [];
    }
  });
}

const processesWith = (word: string) =>
  ofProcesses("cmdline").filter((line) => line.replaceAll("\0", " ").includes(word));

test("what a program prints comes back", async () => {
  expect(await shell("echo one; echo two >&2; echo three")).toBe("one\nthree\n");
});

test("a program that is not installed is unavailable", async () => {
  const late = runProgram("no-such-program", []);
  expect(late).rejects.toBeInstanceOf(Unavailable);
  expect(late).rejects.toThrow("no-such-program is not there");
});

test("a program is looked for on the given path, and finds others there", async () => {
  using directory = temporaryDirectory();
  const file = join(directory.path, "systemctl");
  await Bun.write(file, '#!/bin/sh\necho "fake $1 $PATH"\n');
  chmodSync(file, 0o755);
  expect(await runProgram("systemctl", ["show"], { searchPath: directory.path })).toBe(`fake show ${directory.path}\n`);
});

test("a program that fails is an error with its status", async () => {
  expect(shell("echo half; exit 3")).rejects.toThrow("sh ended with status 3");
});

test("whoever asks for it gets the program's own words in one line", async () => {
  const late = runProgram("sh", ["-c", "echo half; echo no >&2; echo '  never ' >&2; exit 3"], { withErrors: true });
  expect(late).rejects.toThrow(/^sh ended with status 3: no; never$/);
});

test("a program reads what it is given, byte by byte", async () => {
  const input = "caf\u00c3\u00a9\n\u00ff";
  expect(await runProgram("cat", [], { input, encoding: "latin1" })).toBe(input);
});

test("a program that hangs is killed with all that it started", async () => {
  const word = `41${process.pid}`;
  const late = shell(`sleep ${word} & sleep ${word}`, { deadlineMs: 100 });
  expect(late).rejects.toThrow("sh did not end within 0.1 s");
  await late.catch(() => 0);
  // The kill has been sent; each look takes long enough for the kernel to carry it out.
  let left = processesWith(`sleep ${word}`);
  for (let look = 0; look < 50 && left.length > 0; look += 1) left = processesWith(`sleep ${word}`);
  expect(left).toEqual([]);
});

test("a run that ends before its programs leaves none of them behind", async () => {
  const word = `42${process.pid}`;
  const script = `import { runProgram } from ${JSON.stringify(join(projectRoot, "lib/host/program.ts"))};
void runProgram("sleep", ["${word}"]);
process.exit(0);`;
  expect(await run([process.execPath, "--no-env-file", "-e", script])).toMatchObject({ status: 0, stderr: "" });
  let left = processesWith(`sleep ${word}`);
  for (let look = 0; look < 50 && left.length > 0; look += 1) left = processesWith(`sleep ${word}`);
  expect(left).toEqual([]);
});

test("a program that hands its output to a process out of reach is not waited for", async () => {
  // The sixth field of proc_pid_stat(5) is the session.
  const orphan = `setsid sh -c 'sleep 1' & until [ "$(cut -d' ' -f6 /proc/$!/stat)" = $! ]; do :; done`;
  expect(shell(orphan, { deadlineMs: 500 })).rejects.toThrow("sh did not end within 0.5 s");
});

test("a program that prints without end is stopped", async () => {
  expect(shell("yes", { maxBytes: 100_000 })).rejects.toThrow("more than 100000 bytes");
});

test("a program can read nothing and knows nothing of this one", async () => {
  expect(await shell("cat; env | grep -v ^_= | sort | cut -d= -f1; pwd")).toBe("LC_ALL\nPATH\nPWD\n/\n");
});

test("a program that ended leaves no zombie", async () => {
  await shell("true");
  // proc_pid_stat(5): the name in parentheses, the state, the parent.
  expect(ofProcesses("stat").filter((stat) => stat.includes(`) Z ${process.pid} `))).toEqual([]);
});
