import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { hasLogin, parseGroups, parsePasswd } from "../../lib/proc/accounts.ts";
import { parseAddresses } from "../../lib/proc/addresses.ts";
import { parseAuthorizedKeys } from "../../lib/proc/authorizedKeys.ts";
import { parseCrontab } from "../../lib/proc/crontabs.ts";
import { readFacts, writeFacts } from "../../lib/proc/facts.ts";
import { mostTelling, parseApk, parseApkFiles, parseDpkgStatus, parseRpm } from "../../lib/proc/packages.ts";
import { isPublic, parseListeners } from "../../lib/proc/sockets.ts";
import { parseSudoers } from "../../lib/proc/sudoers.ts";
import { testWithPrograms } from "../support/needs.ts";
import { run, temporaryDirectory } from "../support/project.ts";

testWithPrograms("ssh-keygen")("a key has the fingerprint that ssh-keygen prints", async () => {
  using directory = temporaryDirectory();
  for (const type of ["ed25519", "rsa", "ecdsa"]) {
    const file = join(directory.path, type);
    await run(["ssh-keygen", "-q", "-t", type, "-N", "", "-C", "you@laptop", "-f", file], { cwd: "/" });
    const key = await Bun.file(`${file}.pub`).text();
    const { stdout } = await run(["ssh-keygen", "-lf", `${file}.pub`], { cwd: "/" });
    const [, fingerprint = "", , name = ""] = stdout.trim().split(" ");
    const options = `command="echo \\"a b\\" ssh-rsa AAAA",no-pty`;
    writeFileSync(file, `# a comment\n\nno key at all\n${options} ${key}`);
    const [found, ...others] = parseAuthorizedKeys(await Bun.file(file).text());
    expect(others).toEqual([]);
    expect(found).toMatchObject({ fingerprint, comment: "you@laptop" });
    expect(`(${found?.type ?? ""})`).toBe(name);
    expect(JSON.stringify(found)).not.toContain(key.split(" ")[1] ?? key);
  }
});

test("a user with a login is one whose shell is a shell, or a second root", () => {
  const users = parsePasswd(
    "root:x:0:0::/root:/bin/bash\nsync:x:4:65534::/bin:/bin/sync\nwww:x:33:33::/var/www:/usr/sbin/nologin\n" +
      "toor:x:0:0::/root:/usr/sbin/nologin\nplain:x:1001:1001::/home/plain:\n+::::::\nbroken\n",
  );
  expect(users.filter(hasLogin).map(({ name }) => name)).toEqual(["root", "toor", "plain"]);
  expect(parseGroups("sudo:x:27:you,me\nempty:x:28:\n")).toEqual([
    { name: "sudo", gid: "27", members: ["you", "me"] },
    { name: "empty", gid: "28", members: [] },
  ]);
});

test("of sudoers each line that means something is told, whole and without its comment", () => {
  const text =
    "# comment\nDefaults env_reset\n#includedir /etc/sudoers.d\n#1000 ALL=(ALL) ALL\n" +
    "you ALL=(ALL) \\\n   NOPASSWD: ALL # by hand\n\n";
  expect(parseSudoers(text)).toEqual([
    "Defaults env_reset",
    "#includedir /etc/sudoers.d",
    "#1000 ALL=(ALL) ALL",
    "you ALL=(ALL) NOPASSWD: ALL",
  ]);
});

test("of a line of cron the program is told, and no password", () => {
  expect(parseCrontab("MAILTO=you\n* * * * * TOKEN=secret curl https://example.com/secret\n# no\n", false)).toEqual([
    { line: "* * * * * TOKEN=secret curl https://example.com/secret", program: "curl" },
  ]);
  expect(parseCrontab("@reboot root /opt/x --key secret\n5 4 * * * root /opt/y\n", true)).toMatchObject([
    { program: "/opt/x" },
    { program: "/opt/y" },
  ]);
});

const row = (local: string, state: string) =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0`;

test("sockets of TCP are read up to the first that does not listen", () => {
  const text = ["head", row("00000000:1F90", "0A"), row("00000000:0001", "01"), row("00000000:0002", "0A"), ""];
  expect(parseListeners(text.join("\n"), "tcp")).toEqual([{ port: 8080, address: "00000000", inode: 4711 }]);
  const udp = ["head", row("00000000:0035", "07"), row("00000000:0036", "01"), row("00000000:0037", "07"), ""];
  expect(parseListeners(udp.join("\n"), "udp").map(({ port }) => port)).toEqual([53, 55]);
});

test.each([
  ["127.0.0.1", "0100007F", false],
  ["10.1.2.3", "0302010A", false],
  ["172.20.0.1", "010014AC", false],
  ["192.168.0.1", "0100A8C0", false],
  ["100.64.0.1", "01004064", false],
  ["203.0.113.5", "057100CB", true],
  ["2001:db8::1", "B80D0120000000000000000001000000", true],
  ["::1", "00000000000000000000000001000000", false],
  ["fd00::1", "000000FD000000000000000001000000", false],
  ["fe80::1", "000080FE000000000000000001000000", false],
  ["::ffff:203.0.113.5", "0000000000000000FFFF0000057100CB", true],
  ["::ffff:127.0.0.1", "0000000000000000FFFF00000100007F", false],
])("%s is public: %p %p", (_, address, expected) => {
  expect(isPublic({ address })).toBe(expected);
});

test("addresses of containers, of this machine alone, and those that last a day are left out", () => {
  const trie = ["192.0.2.11", "127.0.0.1", "172.17.0.1"].map((one) => `  |-- ${one}\n     /32 host LOCAL\n`).join("");
  const route = "head\neth0\t000200C0\t0\t1\t0\t0\t0\t00FFFFFF\ndocker0\t000011AC\t0\t1\t0\t0\t0\t0000FFFF\n";
  const inet6 =
    "20010db8000000000000000000000011 02 40 00 00     eth0\n20010db8000000000000000000000012 02 40 00 01     eth0\n" +
    "00000000000000000000000000000001 01 80 10 80       lo\nfe800000000000000000000000000011 02 40 20 80     eth0\n";
  expect(parseAddresses(trie, route, inet6)).toEqual(["192.0.2.11", "2001:db8::11"]);
});

test("packages of dpkg, rpm and apk are read with their versions", () => {
  const status =
    "Package: a\nStatus: install ok installed\nVersion: 1.0\nDescription: x\n Status: no\n\n" +
    "Package: gone\nStatus: deinstall ok config-files\nVersion: 2\n\n" +
    "Package: half\nStatus: install ok unpacked\nVersion: 3\n\n";
  expect([...parseDpkgStatus(status)]).toEqual([
    ["a", "1.0"],
    ["half", "3 unpacked"],
  ]);
  expect([...parseRpm("kernel 2-1\nbash 5-1\nkernel 1-1\n")]).toEqual([
    ["bash", "5-1"],
    ["kernel", "1-1+2-1"],
  ]);
  const installed = "P:musl\nV:1.2\nF:lib\nR:ld-musl.so\n\nP:busybox\nV:1.36\nF:bin\nR:busybox\n\n";
  expect([...parseApk(installed)]).toEqual([
    ["musl", "1.2"],
    ["busybox", "1.36"],
  ]);
  expect([...parseApkFiles(installed, new Set(["busybox"]))]).toEqual([["busybox", ["/bin/busybox"]]]);
  expect(mostTelling(["libx", "apt", "postgresql-15"])).toEqual(["postgresql-15", "apt", "libx"]);
});

test("facts come back as they were, and no letter of a fact ends its cell", () => {
  const fact = { subject: "a\tb", id: "c\nd", value: "", text: "e", path: "/f" };
  expect(readFacts(writeFacts([fact, fact]))).toEqual([{ ...fact, subject: "a b", id: "c d" }]);
  expect(readFacts("")).toEqual([]);
});
