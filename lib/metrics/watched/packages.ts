import { type Host, ifThere } from "../../model/host.ts";
import { apk, dpkg, rpm } from "./stamps.ts";
import { type Packages, parseApk, parseApkFiles, parseDpkgStatus, parseRpm } from "../../proc/packages.ts";

const rpmMs = 5000;

/** All packages; null where none of the three is at work, or it does not answer. */
export async function readPackages(host: Host): Promise<Packages | null> {
  // Names and versions are ASCII, and so it takes a tenth of the time.
  const status = await ifThere(host.readFile(dpkg, "latin1"));
  if (status !== null) return parseDpkgStatus(status);
  const installed = await ifThere(host.readFile(apk));
  if (installed !== null) return parseApk(installed);
  if (!(await host.stamps(rpm)).some((stamp) => stamp !== null)) return null;
  const query = ["-qa", "--qf", ["%{NAME}", "%{VERSION}-%{RELEASE}\\n"].join(" ")];
  const text = await host.run("rpm", query, { deadlineMs: rpmMs }).catch(() => null);
  return text === null ? null : parseRpm(text);
}

/** Which package brought a file, among some. Links such as /lib lead to /usr. */
export interface Brought {
  readonly file: (path: string) => string | null;
  /** The package whose scripts make such a user, or whose socket unit has such a port. */
  readonly user: (name: string) => Promise<string | null>;
  readonly socket: (port: string) => Promise<string | null>;
}

export const plain = (path: string): string =>
  path.replace(/^\/usr(?=\/(?:s?bin|lib(?:32|64|x32|o32)?)\/)/, "").replace(/^\/sbin\//, "/bin/");

/** What these packages have brought; of many packages only some files are worth the memory. */
export async function readBrought(host: Host, names: readonly string[], only?: ReadonlySet<string>): Promise<Brought> {
  const lists = await readLists(host, names, (file) => file !== "" && (only?.has(plain(file)) ?? true));
  const owners = new Map<string, string>();
  for (const [name, files] of lists) for (const file of files) owners.set(plain(file), name);
  const findText = async (paths: readonly (readonly [path: string, name: string])[], wanted: RegExp) => {
    for (const [path, name] of paths) {
      const text = await ifThere(host.readFile(path)).catch(() => null);
      if (text !== null && wanted.test(text)) return name;
    }
    return null;
  };
  const filesLike = (like: RegExp) =>
    [...lists].flatMap(([name, files]) => files.filter((file) => like.test(file)).map((file) => [file, name] as const));
  return {
    file: (path) => owners.get(plain(path)) ?? null,
    user: async (user) => {
      const same = names.find((name) => bare(name) === user);
      if (same !== undefined) return same;
      const scripts = await scriptsOf(host, names);
      return findText([...filesLike(/\/sysusers\.d\//), ...scripts], wordOf(user));
    },
    socket: (port) => findText(filesLike(/\/systemd\/system\/[^/]*\.socket$/), portOf(port)),
  };
}

/** Without the architecture. */
export const bare = (name: string): string => name.split(":", 1)[0] ?? name;
const literal = (text: string) => text.replace(/[^\w]/g, "\\$&");
const wordOf = (text: string) => new RegExp(`(?<![\\w-])${literal(text)}(?![\\w-])`);
const portOf = (port: string) => new RegExp(`^Listen(?:Stream|Datagram)=.*(?<!\\d)${literal(port)}\\s*$`, "m");

const info = "/var/lib/dpkg/info";

/** Files of dpkg about packages: `nginx.list`, `libc6:amd64.list`. */
async function infoOf(host: Host, names: readonly string[], ending: RegExp) {
  const wanted = new Set(names.map(bare));
  const files = (await ifThere(host.list(info))) ?? [];
  return files.flatMap((file) => {
    const end = ending.exec(file);
    const name = end === null ? "" : bare(file.slice(0, end.index));
    return wanted.has(name) ? [[`${info}/${file}`, name] as const] : [];
  });
}

const scriptsOf = (host: Host, names: readonly string[]) => infoOf(host, names, /\.(?:pre|post)inst$/);

/** A command line has room for so many. */
const namesAtOnce = 500;

async function readLists(
  host: Host,
  names: readonly string[],
  isWanted: (file: string) => boolean,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const lists = new Map<string, readonly string[]>();
  for (const [path, name] of await infoOf(host, names, /\.list$/)) {
    // A package whose list cannot be read explains nothing, and the others do.
    const text = await ifThere(host.readFile(path)).catch(() => null);
    lists.set(name, [...(lists.get(name) ?? []), ...(text ?? "").split("\n").filter(isWanted)]);
  }
  if (lists.size > 0) return lists;
  const installed = await ifThere(host.readFile(apk));
  if (installed !== null) return parseApkFiles(installed, new Set(names));
  const query = ["-q", "--qf", ["[%{=NAME}", "%{FILENAMES}\\n]"].join(" ")];
  for (let at = 0; at < names.length; at += namesAtOnce) {
    const some = names.slice(at, at + namesAtOnce);
    const text = await host.run("rpm", [...query, ...some], { deadlineMs: rpmMs, anyStatus: true }).catch(() => "");
    for (const line of text.split("\n")) {
      const [name = "", path = ""] = line.split(" ");
      if (path.startsWith("/") && isWanted(path)) lists.set(name, [...(lists.get(name) ?? []), path]);
    }
  }
  return lists;
}
