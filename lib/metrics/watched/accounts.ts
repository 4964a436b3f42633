import { type Host, ifThere } from "../../model/host.ts";
import { type Account, hasLogin, parseGroups, parsePasswd } from "../../proc/accounts.ts";
import { parseAuthorizedKeys } from "../../proc/authorizedKeys.ts";
import { type Fact, factOf, hashText } from "../../proc/facts.ts";
import { nameOfBytes, parseMountinfo } from "../../proc/mountinfo.ts";
import { isRemote } from "../../proc/mounts.ts";
import { parseSudoers } from "../../proc/sudoers.ts";
import type { Facts, Watch } from "./watch.ts";

/** Members of these are as good as root. */
const powerful = new Set(["sudo", "wheel", "admin", "root", "docker", "lxd", "incus-admin"]);

/** Who may log in, who may become root, and with which keys. */
export async function readAccounts(watch: Watch): Promise<Facts> {
  const accounts = parsePasswd((await watch.read("/etc/passwd")) ?? "");
  const groups = parseGroups((await watch.read("/etc/group")) ?? "");
  const user = accounts.filter(hasLogin).map(({ name, uid, home, shell }) =>
    factOf({
      subject: name,
      value: `${uid} ${home} ${shell}`,
      text: [uid, shell || "/bin/sh"].join(" "),
      path: "/etc/passwd",
    }),
  );
  const sudo = groups
    .filter(({ name }) => powerful.has(name))
    .flatMap(({ name: group, gid, members }) => {
      const own = accounts.filter((one) => one.gid === gid && one.uid !== 0).map(({ name }) => name);
      return [...new Set([...members, ...own])].map((name) => factOf({ subject: name, id: group, text: group }));
    });
  return { user, sudo, sudoers: await readSudoers(watch), key: await readKeys(watch, accounts) };
}

async function readSudoers(watch: Watch): Promise<readonly Fact[]> {
  const more = (await watch.list("/etc/sudoers.d")).filter((name) => !/[.~]/.test(name));
  const facts: Fact[] = [];
  for (const path of ["/etc/sudoers", ...more.map((name) => `/etc/sudoers.d/${name}`)]) {
    const lines = parseSudoers((await watch.read(path)) ?? "");
    facts.push(...lines.map((line) => factOf({ subject: path, id: hashText(line), text: line, path })));
  }
  return facts;
}

/** Homes of services that have none, or one that is a directory of the system. */
const noHome = /^(?:|\/|\/(?:nonexistent|bin|sbin|dev|proc|sys|run|usr\/s?bin|var\/empty|var\/run\/.*|run\/.*))$/;

/** The comment of a key is its owner's text: short, and on one line. */
const longestComment = 60;

async function readKeys(watch: Watch, accounts: readonly Account[]): Promise<readonly Fact[]> {
  const patterns = await keyFiles(watch);
  const remote = await remoteMounts(watch.host);
  const facts: Fact[] = [];
  // Those who may log in go first, as long as there is room.
  for (const account of [...accounts.filter(hasLogin), ...accounts.filter((one) => !hasLogin(one))]) {
    const { name, uid, home } = account;
    if (noHome.test(home)) continue;
    if (remote.some((mount) => home === mount || home.startsWith(`${mount}/`))) {
      watch.leaveOut(home);
      continue;
    }
    for (const pattern of patterns) {
      const path = placeOf(pattern, { name, uid, home });
      const keys = parseAuthorizedKeys((await watch.read(path)) ?? "");
      facts.push(
        ...keys.map(({ type, fingerprint, comment, options }) =>
          factOf({
            subject: name,
            id: fingerprint,
            value: hashText(options),
            text: [type, comment.slice(0, longestComment)].filter(Boolean).join(" "),
            path,
          }),
        ),
      );
    }
  }
  return facts;
}

/** AuthorizedKeysFile of `sshd_config(5)`. */
async function keyFiles(watch: Watch): Promise<readonly string[]> {
  const directory = "/etc/ssh/sshd_config.d";
  const more = (await watch.list(directory)).filter((name) => name.endsWith(".conf"));
  for (const path of [...more.toSorted().map((name) => `${directory}/${name}`), "/etc/ssh/sshd_config"]) {
    const text = (await watch.read(path)) ?? "";
    const named = /^\s*AuthorizedKeysFile\s+(.*)$/im.exec(text)?.[1]?.trim().split(/\s+/) ?? [];
    if (named.length > 0) return named.filter((one) => one !== "none").map((one) => one.replace(/^"|"$/g, ""));
  }
  return [".ssh/authorized_keys", ".ssh/authorized_keys2"];
}

function placeOf(pattern: string, { name, uid, home }: Pick<Account, "name" | "uid" | "home">): string {
  const tokens: Readonly<Record<string, string>> = { "%h": home, "%u": name, "%U": String(uid), "%%": "%" };
  const path = pattern.replace(/%[huU%]/g, (token) => tokens[token] ?? token);
  return path.startsWith("/") ? path : `${home}/${path}`;
}

/** A server that does not answer would hold up the whole look. */
async function remoteMounts(host: Host): Promise<readonly string[]> {
  const mounts = parseMountinfo((await ifThere(host.readProc("self/mountinfo", "latin1"))) ?? "");
  return mounts.filter(isRemote).flatMap(({ mountPoint }) => (mountPoint === "/" ? [] : [nameOfBytes(mountPoint)]));
}

/** The homes of those who may log in, for what else they may have there. */
export async function loginHomes(watch: Watch): Promise<readonly string[]> {
  const remote = await remoteMounts(watch.host);
  const homes = parsePasswd((await watch.read("/etc/passwd")) ?? "")
    .filter((one) => hasLogin(one) && !noHome.test(one.home))
    .map(({ home }) => home);
  return [...new Set(homes)].filter((home) => !remote.some((mount) => `${home}/`.startsWith(`${mount}/`))).slice(0, 20);
}
