import { statSync } from "node:fs";

/** The permission bits of a file, `chmod(1)`'s number; null when it cannot be looked at. */
export function fileMode(path: string): number | null {
  const facts = statSync(path, { throwIfNoEntry: false });
  return facts === undefined ? null : facts.mode & 0o7777;
}
