import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { type Finished, run } from "../support/project.ts";

/** Packages that were fetched, and why others were not. */
export interface Fetched {
  readonly files: readonly string[];
  /** In one line; empty when everything is there. */
  readonly problem: string;
}

const listsStayFreshMs = 24 * 60 * 60 * 1000;

/**
 * Fetches Debian packages, with what they depend on and is not installed, into a directory. Nothing is installed and no
 * root is needed: lists and packages go into directories of ours, and no hook of the machine's is run.
 */
export async function fetchPackages(names: readonly string[], cache: string, into: string): Promise<Fetched> {
  for (const path of ["lists/partial", "cache"]) mkdirSync(join(cache, "apt", path), { recursive: true });
  mkdirSync(join(into, "partial"), { recursive: true });
  const config = join(into, "apt.conf");
  writeFileSync(config, await configuration(join(cache, "apt"), into));
  const apt = (program: string, ...args: readonly string[]) =>
    run(["timeout", "600", program, "-qq", ...args], { env: { APT_CONFIG: config, LC_ALL: "C" } });
  const stale = await refreshLists(apt, join(cache, "apt/lists"));
  const known = await knownOf(apt, names);
  if (known.length === 0) return { files: [], problem: stale };
  const install = (some: readonly string[]) =>
    apt("apt-get", "-y", "--no-install-recommends", "--download-only", "install", ...some);
  let problem = "";
  const all = await install(known);
  // One that cannot be had must not take the others with it.
  if (all.status !== 0) for (const name of known) problem = (await reason(install([name]))) || problem;
  const files = readdirSync(into).filter((name) => name.endsWith(".deb"));
  return { files: files.map((name) => join(into, name)), problem: problem || stale };
}

/** The machine's own settings, such as its proxy, without its places and hooks. */
async function configuration(directory: string, archives: string): Promise<string> {
  const { stdout } = await run(["apt-config", "dump"], { env: { LC_ALL: "C" } });
  const kept = stdout.split("\n").filter((line) => !/^(APT::Update|DPkg|Dir|APT::Sandbox)\b/.test(line));
  const ours = {
    "Dir::Etc::Parts": "/dev/null",
    "Dir::Etc::Main": "/dev/null",
    "Dir::State": directory,
    "Dir::State::lists": join(directory, "lists"),
    "Dir::State::status": "/var/lib/dpkg/status",
    "Dir::Cache": join(directory, "cache"),
    "Dir::Cache::archives": archives,
    "Dir::Cache::pkgcache": "",
    "Dir::Cache::srcpkgcache": "",
    "Debug::NoLocking": "1",
    // Root's own directories are closed to the user that apt would become.
    "APT::Sandbox::User": "root",
    "Acquire::Languages": "none",
    "Acquire::Retries": "1",
    "Acquire::http::Timeout": "20",
    "Acquire::https::Timeout": "20",
  };
  return [...kept, ...Object.entries(ours).map(([name, value]) => `${name} "${value}";`), ""].join("\n");
}

type Apt = (program: string, ...args: readonly string[]) => Promise<Finished>;

/** Fetches the lists of packages, at most once a day; says why that failed. */
async function refreshLists(apt: Apt, lists: string): Promise<string> {
  const stamp = join(lists, "fetched");
  const fetchedMs = statSync(stamp, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (Date.now() - fetchedMs < listsStayFreshMs) return "";
  const problem = await reason(apt("apt-get", "-o", "APT::Update::Error-Mode=any", "update"));
  if (problem === "") writeFileSync(stamp, "");
  return problem;
}

async function knownOf(apt: Apt, names: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await apt("apt-cache", "policy", ...names);
  return [...stdout.matchAll(/^(\S+):\n.*\n {2}Candidate: (?!\(none\))/gm)].map(([, name = ""]) => name);
}

/** Why a command failed, in one line; empty when it did not. */
async function reason(command: Promise<Finished>): Promise<string> {
  const { status, stderr } = await command;
  if (status === 0) return "";
  return (
    stderr
      .split("\n")
      .find((line) => /^[EW]: /.test(line))
      ?.slice(3) ?? `apt ended with ${status}`
  );
}
