import { X509Certificate } from "node:crypto";
import { access, constants, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { dayMs, withDeadline } from "../../clock.ts";
import { errorCode } from "../../errors.ts";
import type { ProbeAnswer } from "../../model/probe.ts";

/** How much of a file is read for a number inside, or a certificate. */
const maxBytes = 1024 * 1024;
/** More files than these are not looked at. */
const mostFiles = 10_000;

interface Found {
  readonly path: string;
  readonly modifiedMs: number;
  readonly bytes: number;
}

/** The newest file of a glob, or the certificate that ends first. In the background, because a disk may hang. */
export function askFile(pattern: string, take: string | null, deadlineMs: number): Promise<ProbeAnswer> {
  const late = { kind: "nothing", problem: { code: "late", seconds: deadlineMs / 1000 } } as const;
  const answer = look(pattern, take).catch((error: unknown): ProbeAnswer => {
    const code = errorCode(error);
    const isAbsent = code === "ENOENT" || code === "ENOTDIR";
    return { kind: "nothing", problem: isAbsent ? { code: "noFile" } : { code: "other", error: code } };
  });
  return withDeadline(answer, deadlineMs, "no answer").catch(() => late);
}

async function look(pattern: string, take: string | null): Promise<ProbeAnswer> {
  const files = await find(pattern);
  const [newest] = files.toSorted((one, other) => other.modifiedMs - one.modifiedMs);
  if (newest === undefined) return { kind: "nothing", problem: { code: "noFile" } };
  if (take === "expiry") return firstToEnd(files);
  const { path, modifiedMs, bytes } = newest;
  const isOfFile = take === null || take === "age" || take === "size";
  const text = isOfFile ? null : await readStart(path);
  return { kind: "file", name: basename(path), ageSeconds: Math.max(0, (Date.now() - modifiedMs) / 1000), bytes, text };
}

const readStart = (path: string) => Bun.file(path).slice(0, maxBytes).text();

/** Throws what the file system says: a directory that may not be read is not an empty one. */
async function find(pattern: string): Promise<readonly Found[]> {
  const at = pattern.search(/[*?[{]/);
  if (at === -1) return factsOf(pattern);
  const start = dirname(`${pattern.slice(0, at)}x`);
  await access(start, constants.R_OK | constants.X_OK);
  const found: Found[] = [];
  let seen = 0;
  // Links count as files: certbot's are links.
  const names = new Bun.Glob(pattern.slice(start.length).replace(/^\/+/, "")).scan({ cwd: start, onlyFiles: false });
  for await (const name of names) {
    seen += 1;
    if (seen > mostFiles) break;
    // One that was removed meanwhile, or a link to nothing.
    found.push(...(await factsOf(join(start, name)).catch(() => [])));
  }
  return found;
}

async function factsOf(path: string): Promise<readonly Found[]> {
  const facts = await stat(path);
  return facts.isFile() ? [{ path, modifiedMs: facts.mtimeMs, bytes: facts.size }] : [];
}

/** Of each directory the newest, because old ones stay beside it; of those, the one that ends first. */
async function firstToEnd(files: readonly Found[]): Promise<ProbeAnswer> {
  const newest = [...Map.groupBy(files, ({ path }) => dirname(path)).values()].flatMap(
    (group) => group.toSorted((one, other) => other.modifiedMs - one.modifiedMs)[0] ?? [],
  );
  const all = await Promise.all(newest.map(readCertificate));
  const [first] = all.toSorted((one, other) => (one?.daysLeft ?? -Infinity) - (other?.daysLeft ?? -Infinity));
  return first ?? { kind: "nothing", problem: { code: "noCertificate" } };
}

/** The first of a file, which is the server's own; null where there is none. */
async function readCertificate({ path }: Found): Promise<(ProbeAnswer & { kind: "certificate" }) | null> {
  const bytes = Buffer.from(await Bun.file(path).slice(0, maxBytes).arrayBuffer());
  try {
    const { validFromDate, validToDate } = new X509Certificate(bytes);
    const [fromMs, toMs] = [validFromDate.getTime(), validToDate.getTime()];
    const name = `${basename(dirname(path))}/${basename(path)}`;
    return { kind: "certificate", name, daysLeft: (toMs - Date.now()) / dayMs, lifeDays: (toMs - fromMs) / dayMs };
  } catch {
    return null;
  }
}
