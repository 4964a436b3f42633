import type { Host } from "../../model/host.ts";
import { type Fact, readFacts } from "../../proc/facts.ts";
import type { Lines } from "./packed.ts";
import type { Both } from "./packageChanges.ts";
import { bare, plain, readBrought } from "./packages.ts";

/** Kinds whose files packages bring. */
const kinds = ["unit", "cron", "sudoers", "setuid"];

function ownersIn(lines: Lines): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  for (const line of (lines["owner"] ?? "").split("\n")) {
    const [path = "", name = ""] = line.split("\t");
    if (name !== "") owners.set(path, name);
  }
  return owners;
}

/**
 * The packages of the files that are watched, a line each: of those that are named, and what was known of others. The list
 * of a package's files goes with the package.
 */
export async function rememberOwners(host: Host, now: Lines, names: readonly string[]): Promise<string> {
  const facts = kinds.flatMap((kind) => readFacts(now[kind] ?? ""));
  const paths = new Set(facts.flatMap(({ path }) => (path === "" ? [] : [plain(path)])));
  const [brought, before] = [await readBrought(host, names, paths), ownersIn(now)];
  return [...paths]
    .flatMap((path) => {
      const name = brought.file(path) ?? before.get(path);
      return name === undefined ? [] : [`${path}\t${name}`];
    })
    .join("\n");
}

/** The package that these files went with: it is gone, too, or another version. Null where there is none. */
export function takenBy(files: readonly Fact[], known: Lines, packages: Both): string | null {
  if (packages.now.size === 0) return null;
  const owners = ownersIn(known);
  const names = files.map(({ path }) => owners.get(plain(path)));
  const [first] = names;
  const isSame = (owner: string) =>
    [...packages.now].some(([name, version]) => bare(name) === owner && packages.before.get(name) === version);
  return first === undefined || names.some((name) => name === undefined || isSame(name)) ? null : first;
}
