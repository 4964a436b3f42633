import { expect } from "bun:test";
import { chmodSync, copyFileSync, linkSync, openSync, unlinkSync } from "node:fs";
import { join } from "node:path";

import { type Namespace, openNamespace } from "../support/namespace.ts";
import { binary } from "../support/needs.ts";
import { type Finished, quoted, run, temporaryDirectory } from "../support/project.ts";
import { namesOk, parseShown, show, type Shown } from "../support/shown.ts";

const copied = temporaryDirectory();
const everybodys = join(copied.path, "server-metrics");
copyFileSync(binary, everybodys);
for (const path of [copied.path, everybodys]) chmodSync(path, 0o755);

/** The program by a file without a name: it cannot start itself, and leaves the inventory out, which `show` does not print. */
const nameless = (() => {
  linkSync(everybodys, `${everybodys}.alone`);
  const file = openSync(`${everybodys}.alone`, "r");
  unlinkSync(`${everybodys}.alone`);
  return file;
})();

/** Removes the program that anybody may run: one copy for all boxes, as it is large. */
export const removeCopy = copied[Symbol.dispose];

/** A namespace that is prepared by a shell script. */
export async function openBox(setup = ""): Promise<Namespace> {
  const box = await openNamespace();
  await box.shell(setup);
  return box;
}

/** Makes a root at $W/root: a file system of its own with the program, what it is linked to, and /proc. */
export const emptyRoot = `
truncate -s 200M $W/image
mkfs.ext4 -q $W/image
mkdir $W/root
mount -o loop $W/image $W/root
install ${quoted(binary)} $W/root/server-metrics
for file in $(ldd ${quoted(binary)} | grep -o '/[^ ]*'); do install -D $file $W/root/$file; done
mkdir $W/root/proc
mount -t proc proc $W/root/proc`;

/** What became of the three ways to look at a machine. */
export interface Looks {
  readonly json: Shown;
  readonly text: Finished;
  readonly dryRun: Finished;
}

/** Looks at the machine in all ways that leave no trace; `start` stands before the program, `program` is its path. */
export async function look(box: Namespace, start: readonly string[] = [], program = everybodys): Promise<Looks> {
  const command = [...start, program];
  const quick = ["--sample", "0", "--state-dir", "none"];
  return {
    json: parseShown(await box.run([...command, ...show.slice(1)])),
    text: await run(box.enter([...start, "/proc/self/fd/3", "show", ...quick]), { cwd: "/", file: nameless }),
    dryRun: await box.run([...command, "report", "--dry-run", "--json", ...quick]),
  };
}

/** Fails unless all three looks went well and tell of the same metrics as outside, but for some that may be missing. */
export function compareWithOutside(outside: Looks, inside: Looks, missing: readonly string[] = []): void {
  const well = { status: 0, stderr: "" };
  expect(inside.text).toMatchObject({ ...well, stdout: expect.stringMatching(/ Memory .* GiB\n/) });
  expect(inside.dryRun).toMatchObject({ ...well, stdout: expect.stringContaining('"embeds"') });
  const compared = (looks: Looks) => namesOk(looks.json).filter((name) => !missing.includes(name));
  expect(compared(inside)).toEqual(compared(outside));
}
