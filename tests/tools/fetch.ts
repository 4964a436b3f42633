import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";

import { lacks } from "../support/project.ts";
import { fetchPackages } from "./apt.ts";
import { cacheDirectory } from "./cache.ts";
import { packageOf, toolFile, toolFiles, tools } from "./tools.ts";
import { unpack } from "./unpack.ts";

/** The programs and files that neither the machine nor one of these roots has. */
function missingWith(roots: readonly string[]) {
  const PATH = [process.env["PATH"], ...roots.map((root) => join(root, "programs"))].join(":");
  return {
    programs: Object.keys(tools).filter((name) => Bun.which(name, { PATH }) === null),
    files: Object.keys(toolFiles).filter((path) => toolFile(path, roots) === null),
  };
}

/** Names a distribution and its architecture: what is unpacked for another does not run here. */
function platform(): string {
  const [, id = "linux"] = /^ID="?([\w.-]+)/m.exec(osRelease()) ?? [];
  const [, version = "rolling"] = /^VERSION_ID="?([\w.-]+)/m.exec(osRelease()) ?? [];
  return `${id}-${version}-${process.arch}`;
}

function osRelease(): string {
  try {
    return readFileSync("/etc/os-release", "utf8");
  } catch {
    return "";
  }
}

const rootsIn = (cache: string) =>
  readdirSync(cache)
    .filter((name) => name.startsWith(`${platform()}-`))
    .map((name) => join(cache, name));

const dayMs = 24 * 60 * 60 * 1000;
const isOld = (path: string) => Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) > dayMs;

/** Fetches packages and unpacks them beside what is there; they get their name when they are complete. */
async function fetchAndUnpack(
  packages: readonly string[],
  programs: readonly string[],
  cache: string,
): Promise<string> {
  const unfinished = mkdtempSync(join(cache, "unfinished-"));
  try {
    const patchelf = lacks("patchelf") ? ["patchelf"] : [];
    const fetched = await fetchPackages([...packages, ...patchelf], cache, join(unfinished, "packages"));
    const root = join(unfinished, "root");
    const found = await unpack(fetched.files, root, programs);
    const hasFiles = Object.keys(toolFiles).some((path) => existsSync(join(root, path)));
    if (found.length > 0 || hasFiles) renameSync(root, join(cache, `${platform()}-${basename(unfinished).slice(-6)}`));
    return fetched.problem;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** Fetches what is missing, if that was not tried in vain today. Returns what went wrong. */
async function fetchMissing(cache: string): Promise<string> {
  const { programs, files } = missingWith(rootsIn(cache));
  const packages = new Set([...programs.map(packageOf), ...files.map((path) => toolFiles[path] ?? path)]);
  if (packages.size === 0) return "";
  if (lacks("apt-get") || lacks("dpkg-deb")) return "there is no apt here";
  const tried = join(cache, `tried-${platform()}`);
  const names = [...programs, ...files].join(" ");
  if (!isOld(tried) && readFileSync(tried, "utf8") === names) return `That was tried within a day: rm ${tried}`;
  for (const name of readdirSync(cache).filter((one) => one.startsWith("unfinished-"))) {
    // Another run may be at it.
    if (isOld(join(cache, name))) rmSync(join(cache, name), { recursive: true, force: true });
  }
  console.error(`Fetching ${packages.size} Debian packages into ${cache}, once; nothing is installed.`);
  const problem = await fetchAndUnpack([...packages], programs, cache);
  const still = missingWith(rootsIn(cache));
  if (problem === "") writeFileSync(tried, [...still.programs, ...still.files].join(" "));
  return problem;
}

/** Prints the directories that have what is not installed, with a colon between them. */
async function main(): Promise<void> {
  const cache = cacheDirectory({ uid: process.getuid?.() ?? 0, env: process.env });
  if (cache === null) {
    console.error("No directory here is this user's alone, so no Debian package is fetched.");
    return;
  }
  const problem = await fetchMissing(cache);
  const roots = rootsIn(cache);
  const { programs, files } = missingWith(roots);
  const missing = [...programs, ...files];
  if (missing.length > 0) console.error(`Not to be had, so some tests are skipped: ${missing.join(", ")}. ${problem}`);
  console.log(roots.join(":"));
}

await main();
