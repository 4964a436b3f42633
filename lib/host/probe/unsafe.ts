import { statSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { basename, resolve } from "node:path";

import type { executable } from "../executable.ts";
import { programPath } from "../program.ts";

/** What runs the first file among its arguments, or with `-c` a text. */
const interpreters =
  /^(?:(?:ba|da|z|k|mk|a|fi)?sh|busybox|python[\d.]*|pypy[\d.]*|perl[\d.]*|ruby[\d.]*|php[\d.]*|lua[\d.]*|node|nodejs|bun|deno|awk|gawk|mawk)$/;

/** What runs the program among its arguments. Those that become another user are not among them: it is theirs to choose. */
const launchers = /^(?:env|nice|ionice|chrt|taskset|timeout|nohup|setsid|stdbuf|time|flock)$/;

/**
 * Whether others may change what a command runs: its program, the file behind a link, and the script that an interpreter is
 * given. Commands run in `/`, so a relative path starts there.
 */
export async function isUnsafeCommand(
  [program = "", ...args]: readonly string[],
  isOthers: (typeof executable)["isOthers"],
): Promise<boolean> {
  const path = await realpath(program);
  if (isOthers(program) || isOthers(path)) return true;
  const isNamed = (names: RegExp) => names.test(basename(program)) || names.test(basename(path));
  if (isNamed(launchers)) return isUnsafeAmong(args, isOthers);
  if (!isNamed(interpreters)) return false;
  const text = args[args.indexOf("-c") + 1] ?? "";
  if (args.includes("-c")) return isUnsafeText(text, isOthers);
  const script = args.map(atRoot).find(isFile);
  return script !== undefined && isUnsafeCommand([script], isOthers);
}

/** Of a shell's text each command, roughly: what it makes up as it runs cannot be known. */
async function isUnsafeText(text: string, isOthers: (typeof executable)["isOthers"]): Promise<boolean> {
  for (const command of text.replace(/["']/g, "").split(/[;|&()`{}\n]+/)) {
    if (await isUnsafeAmong(command.split(/\s+/).filter(Boolean), isOthers)) return true;
  }
  return false;
}

/** The first argument of a launcher that names a program is the command. */
async function isUnsafeAmong(args: readonly string[], isOthers: (typeof executable)["isOthers"]): Promise<boolean> {
  for (const [index, arg] of args.entries()) {
    const found = arg.includes("/") ? atRoot(arg) : Bun.which(arg, { PATH: programPath });
    if (found !== null && isFile(found)) return isUnsafeCommand([found, ...args.slice(index + 1)], isOthers);
  }
  return false;
}

const atRoot = (path: string) => resolve("/", path);
const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
