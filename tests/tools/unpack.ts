import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join, relative } from "node:path";

import { quoted, run } from "../support/project.ts";
import { tools } from "./tools.ts";

/** Of the machine's own C library there must be one. */
const isLeftOut = (file: string) => /^(libc6|libc-bin)_/.test(basename(file));
const unread = ["doc", "man", "locale", "info", "fonts", "javascript"].map((name) => `--exclude=./usr/share/${name}`);

/**
 * Unpacks packages into a directory, and makes `programs` in there: what of the wanted programs is in the packages, so
 * that it runs from there. Returns the names of those that do.
 */
export async function unpack(
  packages: readonly string[],
  root: string,
  programs: readonly string[],
): Promise<readonly string[]> {
  for (const [merged, place] of [
    ["bin", "usr/bin"],
    ["sbin", "usr/sbin"],
    ["lib", "usr/lib"],
  ] as const) {
    mkdirSync(join(root, place), { recursive: true });
    symlinkSync(place, join(root, merged));
  }
  mkdirSync(join(root, "programs"));
  for (const file of packages.filter((one) => !isLeftOut(one))) {
    const tar = ["tar", "-x", "-C", root, "--no-same-owner", "--keep-directory-symlink", ...unread];
    const line = `dpkg-deb --fsys-tarfile ${quoted(file)} | ${tar.map(quoted).join(" ")}`;
    const { status, stderr } = await run(["sh", "-c", line]);
    if (status !== 0) throw new Error(`${file} could not be unpacked: ${stderr}`);
  }
  // fish finds its settings below its own place.
  if (!existsSync(join(root, "usr/etc"))) symlinkSync("../etc", join(root, "usr/etc"));
  const found = programs.filter((name) => sourceOf(root, name) !== null);
  removeOthers(root, found);
  const working: string[] = [];
  for (const name of found) if (await makeWork(root, name)) working.push(name);
  return working;
}

/** The file behind a program's name in the packages; null when it is not there. */
function sourceOf(root: string, name: string): string | null {
  const path = ["usr/bin", "usr/sbin"].map((place) => join(root, place, name)).find((one) => existsSync(one));
  return path === undefined ? null : realpathSync(path);
}

/** Most of the space is taken by programs that nobody asked for. */
function removeOthers(root: string, programs: readonly string[]): void {
  const kept = new Set([...programs, "patchelf"].map((name) => sourceOf(root, name)));
  for (const place of ["usr/bin", "usr/sbin"]) {
    for (const { name, parentPath } of readdirSync(join(root, place), { withFileTypes: true })) {
      const path = join(parentPath, name);
      if (!existsSync(path) || !kept.has(realpathSync(path))) rmSync(path, { force: true, recursive: true });
    }
  }
}

async function makeWork(root: string, name: string): Promise<boolean> {
  const source = sourceOf(root, name);
  const { over, check } = tools[name] ?? {};
  if (source === null || !(await findLibraries(root, source))) return false;
  const link = join(root, "programs", name);
  const path = ["usr/bin", "usr/sbin"].map((place) => join(root, place, name)).find((one) => existsSync(one));
  if (over === undefined) {
    symlinkSync(relative(join(root, "programs"), path ?? source), link);
  } else {
    writeFileSync(link, inPlace(relative(root, path ?? source), over));
    chmodSync(link, 0o755);
  }
  if (check === undefined || (await run([link, ...check])).status === 0) return true;
  rmSync(link);
  return false;
}

/** A script that runs a program where its own directories are laid over the machine's. No other process sees that. */
const inPlace = (program: string, over: readonly string[]) => `#!/bin/sh
root=$(dirname "$(dirname "$(readlink -f "$0")")")
[ "$(id -u)" = 0 ] || user='--user --map-root-user'
exec unshare $user --mount --propagation=private sh -c '
  for place in ${over.join(" ")}; do
    mount -t overlay -o "ro,lowerdir=$0/$place:/$place" overlay "/$place" || exit 69
  done
  exec "$0/${program}" "$@"' "$root" "$@"
`;

/** Lets a program find its libraries beside it, before those of the machine. False when it still misses one. */
async function findLibraries(root: string, file: string): Promise<boolean> {
  const libraries = readdirSync(join(root, "usr/lib")).filter((name) => name.includes("-linux-gnu"));
  const beside = libraries.flatMap((name) => [name, `${name}/systemd`]).map((name) => `$ORIGIN/../lib/${name}`);
  const env = { LD_LIBRARY_PATH: libraries.map((name) => join(root, "usr/lib", name)).join(":") };
  const patchelf = sourceOf(root, "patchelf") ?? Bun.which("patchelf");
  if (patchelf === null) return false;
  const interpreter = await run([patchelf, "--print-interpreter", file], { env });
  // A program without a loader brings everything along.
  if (interpreter.status !== 0) return true;
  // Where it looks by itself comes last: systemd's programs share a library that is nowhere else.
  const { stdout: own } = await run([patchelf, "--print-rpath", file], { env });
  const places = [...beside, own.trim()].filter((place) => place !== "").join(":");
  const patched = await run([patchelf, "--force-rpath", "--set-rpath", places, file], { env });
  const listed = await run([interpreter.stdout.trim(), "--list", file]);
  return patched.status === 0 && listed.status === 0 && !listed.stdout.includes("not found");
}
