import { type Host, Unavailable } from "../../model/host.ts";
import type { Fact } from "../../proc/facts.ts";
import { dpkg } from "./stamps.ts";

/** More are not looked at in each report: a stat of each takes a millisecond in all. */
const mostWatched = 290;

/**
 * What package managers leave beside a file, which neither cron nor sudo nor systemd reads. Not `x;65f0a1b2` of rpm, which
 * all of them would read.
 */
const ofDpkg = /\.(?:dpkg-(?:new|tmp|old|dist|bak)|ucf-(?:new|old|dist))$/;
const ofOthers = /\.(?:rpm(?:new|save|orig)|apk-new)$|^\.apk\./;

/** Where there is no dpkg, cron of other systems would read a file of that name. */
const leftoversOf =
  (hasDpkg: boolean) =>
  (name: string): boolean =>
    ofOthers.test(name) || (hasDpkg && ofDpkg.test(name));

/** Reads files, and notes which: the next look asks only whether they are the same. */
export interface Watch {
  readonly host: Host;
  /** Whether a file is one that a package manager left. */
  readonly isLeftover: (name: string) => boolean;
  /** Null where it is not there, or not ours to read. */
  readonly read: (path: string) => Promise<string | null>;
  /** Without what package managers leave. */
  readonly list: (path: string) => Promise<readonly string[]>;
  readonly links: (path: string) => Promise<ReadonlyMap<string, string>>;
  /** What was read, and what was not ours to read or is too much. */
  readonly paths: ReadonlySet<string>;
  readonly closed: ReadonlySet<string>;
  /** Adds a file that is not read. */
  readonly note: (path: string) => void;
  /** Leaves it out, as what this user may not read. */
  readonly leaveOut: (path: string) => void;
}

/** The topmost part of a path that does not exist: a missing file appears together with it. */
async function firstMissing(host: Host, path: string): Promise<string> {
  const parent = path.slice(0, path.lastIndexOf("/"));
  const isThere = parent === "" || (await host.stamps([parent]))[0] !== null;
  return isThere ? path : firstMissing(host, parent);
}

export async function watchOf(host: Host): Promise<Watch> {
  const isLeftover = leftoversOf((await host.stamps([dpkg]))[0] !== null);
  const paths = new Set<string>();
  const closed = new Set<string>();
  const ask = async <T>(path: string, nothing: T, read: () => Promise<T>): Promise<T> => {
    if (paths.size >= mostWatched) {
      closed.add(path);
      return nothing;
    }
    try {
      const answer = await read();
      paths.add(path);
      return answer;
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      if (error.isHidden) closed.add(path);
      paths.add(error.isHidden ? path : await firstMissing(host, path));
      return nothing;
    }
  };
  return {
    host,
    isLeftover,
    read: (path) => ask<string | null>(path, null, () => host.readFile(path)),
    list: async (path) =>
      (await ask<readonly string[]>(path, [], () => host.list(path))).filter((one) => !isLeftover(one)),
    links: (path) => ask<ReadonlyMap<string, string>>(path, new Map(), () => host.links(path)),
    paths,
    closed,
    note: (path) => void paths.add(path),
    leaveOut: (path) => void closed.add(path),
  };
}

/** The facts of a look, by the kind of change that they may become; `text` is of units, read once a day. */
export type Facts = Readonly<Record<string, readonly Fact[]>>;
