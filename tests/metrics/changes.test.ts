import { expect, test } from "bun:test";

import { changes } from "../../lib/metrics/changes.ts";
import type { Kept } from "../../lib/metrics/watched/kept.ts";
import { type ChangeKind, changeKinds } from "../../lib/model/change.ts";
import { Unavailable } from "../../lib/model/host.ts";
import { testHost, type TestMachine } from "../support/testHost.ts";
import { defaultConfig } from "../support/measure.ts";

const minuteMs = 60_000;
const start = Date.parse("2026-08-01T12:00:00Z");

const head = "  sl  local_address rem_address   st\n";
const listen = (port: string, inode = 4711) =>
  `   0: 00000000:${port} 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0 100 0 0 10 0\n`;
const open = (port: string, inode = 4711) => listen(port, inode).replace(" 0A ", " 07 ");

const passwd = "root:x:0:0::/root:/bin/bash\nwww-data:x:33:33::/var/www:/usr/sbin/nologin\n";
const status = (packages: Readonly<Record<string, string>>) =>
  Object.entries(packages)
    .map(([name, version]) => `Package: ${name}\nStatus: install ok installed\nVersion: ${version}\n\n`)
    .join("");

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGILN6GFNll6Y+x7QkadA8ykFDJdD9spHRBQ1XhHVunV you@laptop\n";
const fingerprint = "SHA256:nrbpYvxjYg9pOhabgrT+llbXk6l09xLXAyj8pVn7AUw";

const files = {
  "/etc/passwd": passwd,
  "/etc/group": "sudo:x:27:\n",
  "/etc/sudoers": "root ALL=(ALL:ALL) ALL\n",
  "/etc/crontab": "17 * * * * root run-parts /etc/cron.hourly\n",
  "/root/.ssh/authorized_keys": "",
  "/var/lib/dpkg/status": status({ libssl3: "3.0.1", "postgresql-15": "15.7", nginx: "1.24" }),
  "/usr/lib/systemd/system/nginx.service": "[Service]\n",
};
const proc = { "net/tcp": head + listen("0050"), "sys/net/ipv4/ip_local_port_range": "32768\t60999\n" };
const machine: TestMachine = { files, proc };

type Changed = Pick<TestMachine, "files" | "proc" | "links">;

/** The machine with something else on it. */
const changed = ({ files: other = {}, proc: own = {}, links = {} }: Changed): TestMachine => ({
  files: { ...files, ...other },
  proc: { ...proc, ...own },
  links,
});

const gone = (...names: readonly string[]) =>
  Object.fromEntries(Object.entries(files).filter(([name]) => !names.includes(name)));

interface Look {
  readonly minutes?: number;
  readonly isErrand?: boolean;
  readonly off?: readonly ChangeKind[];
}

async function look(
  here: TestMachine,
  before: Kept | null,
  { minutes = 5, isErrand = false, off = [] }: Look = {},
  host = testHost(here),
) {
  const clock = { now: () => start + minutes * minuteMs, monotonicMs: () => 0, sleep: async () => undefined };
  const config = { ...defaultConfig, changes: { off, program: null, settings: null } };
  return changes.collect(host, config, { before, clock, isErrand });
}

/** What the look after a change finds, in short. */
async function foundAfter(...machines: readonly TestMachine[]) {
  let before = await look(machine, null, { minutes: 0 });
  for (const [index, one] of machines.entries()) before = await look(one, before, { minutes: 5 * (index + 1) });
  return before.found;
}

const short = async (...machines: readonly TestMachine[]) =>
  (await foundAfter(...machines)).map(({ kind, action, subject, isLoud, by }) =>
    [isLoud ? "LOUD" : "quiet", kind, action, subject, ...(by === null ? [] : [by])].join(" "),
  );

test("the first look finds nothing, and neither does one where nothing is otherwise", async () => {
  const first = await look(machine, null);
  expect(first.found).toEqual([]);
  expect(await short(machine)).toEqual([]);
});

test("a new key is loud: whose, where, its fingerprint's kind and its comment, and never the key", async () => {
  const found = await foundAfter(changed({ files: { "/root/.ssh/authorized_keys": key } }));
  expect(found).toEqual([
    {
      kind: "key",
      action: "added",
      subject: "root",
      isLoud: true,
      atMs: start + 5 * minuteMs,
      sinceMs: start,
      before: null,
      after: "ED25519 you@laptop",
      detail: "/root/.ssh/authorized_keys",
      by: null,
      names: [],
      count: 1,
    },
  ]);
  const kept = await look(changed({ files: { "/root/.ssh/authorized_keys": key } }), await look(machine, null));
  expect(JSON.stringify(kept)).not.toContain("AAAAC3Nza");
});

test.each([
  ["a user", { files: { "/etc/passwd": `${passwd}eve:x:1001:1001::/home/eve:/bin/bash\n` } }, "LOUD user added eve"],
  ["a second root", { files: { "/etc/passwd": `${passwd}eve:x:0:0::/:/bin/sh\n` } }, "LOUD user added eve"],
  [
    "a shell for a service",
    { files: { "/etc/passwd": passwd.replace("/usr/sbin/nologin", "/bin/sh") } },
    "LOUD user added www-data",
  ],
  ["sudo", { files: { "/etc/group": "sudo:x:27:www-data\n" } }, "LOUD sudo added www-data"],
  [
    "sudoers",
    { files: { "/etc/sudoers.d/eve": "eve ALL=(ALL) NOPASSWD: ALL\n" } },
    "LOUD sudoers added /etc/sudoers.d/eve",
  ],
  [
    "a line of sudoers",
    { files: { "/etc/sudoers": `${files["/etc/sudoers"]}eve ALL=ALL\n` } },
    "LOUD sudoers changed /etc/sudoers",
  ],
  ["a cron file", { files: { "/etc/cron.d/x": "* * * * * root /tmp/x\n" } }, "LOUD cron added /etc/cron.d/x"],
  [
    "a crontab",
    { files: { "/var/spool/cron/crontabs/root": "* * * * * /tmp/x\n" } },
    "LOUD cron added /var/spool/cron/crontabs/root",
  ],
  ["a unit", { files: { "/etc/systemd/system/x.service": "[Service]\n" } }, "LOUD unit added x.service"],
  ["a timer of a vendor", { files: { "/usr/lib/systemd/system/x.timer": "" } }, "LOUD unit added x.timer"],
  [
    "a drop-in",
    { files: { "/etc/systemd/system/nginx.service.d/x.conf": "[Service]\n" } },
    "LOUD unit changed nginx.service",
  ],
  ["a preloaded library", { files: { "/etc/ld.so.preload": "/lib/x.so\n" } }, "LOUD preload added /lib/x.so"],
  ["a port", { proc: { "net/tcp": head + listen("0050") + listen("1F90", 4712) } }, "LOUD port added 8080/tcp"],
])("%s is loud, and can be switched off", async (_, change, expected) => {
  expect(await short(changed(change))).toEqual([expected]);
  const off = changeKinds.filter((kind) => expected.startsWith(`LOUD ${kind} `));
  expect(off).toHaveLength(1);
  const before = await look(machine, null, { minutes: 0, off });
  expect((await look(changed(change), before, { off })).found).toEqual([]);
});

test("what is gone is told quietly", async () => {
  const before = changed({ files: { "/root/.ssh/authorized_keys": key, "/etc/cron.d/x": "* * * * * root /tmp/x\n" } });
  const after = { ...machine, files: { ...gone("/root/.ssh/authorized_keys") } };
  expect(await short(before, after)).toEqual(["quiet key removed root", "quiet cron removed /etc/cron.d/x"]);
});

test("an enabled unit is told once, with the unit", async () => {
  const wants = "/etc/systemd/system/multi-user.target.wants";
  const links = { [wants]: { "x.service": "../x.service" }, "/etc/systemd/system": {} };
  const other = { "/etc/systemd/system/x.service": "[Service]\n", [`${wants}/x.service`]: "[Service]\n" };
  expect(await short(changed({ files: other, links }))).toEqual(["LOUD unit added x.service"]);
});

const upgraded = status({ libssl3: "3.0.2", "postgresql-15": "15.8", nginx: "1.24" });

test("upgraded packages are one quiet change, the most telling first", async () => {
  const [found] = await foundAfter(changed({ files: { "/var/lib/dpkg/status": upgraded } }));
  expect(found).toMatchObject({
    kind: "package",
    action: "changed",
    isLoud: false,
    subject: "postgresql-15",
    before: "15.7",
    after: "15.8",
    names: ["postgresql-15", "libssl3"],
    count: 2,
  });
});

test("what a package brings in the same time is quiet, and named by it", async () => {
  const installed = {
    "/var/lib/dpkg/status": status({ libssl3: "3.0.1", "postgresql-15": "15.7", nginx: "1.24", redis: "7.0" }),
    "/var/lib/dpkg/info/redis.list":
      "/.\n/lib/systemd/system/redis.service\n/etc/cron.d/redis\n/usr/bin/redis-server\n",
    "/var/lib/dpkg/info/redis.postinst": "adduser --system redis-user\n",
    "/etc/passwd": `${passwd}redis-user:x:110:110::/var/lib/redis:/bin/sh\n`,
    "/usr/lib/systemd/system/redis.service": "[Service]\n",
    "/etc/cron.d/redis": "* * * * * root /usr/bin/true\n",
  };
  const owned = {
    proc: {
      "net/tcp": head + listen("0050") + listen("18EB", 77),
      "812/comm": "redis-server\n",
      "812/cmdline": "/usr/bin/redis-server\0*:6379\0",
      "812/cgroup": "0::/system.slice/redis.service\n",
    },
    links: { "/proc/812/fd": { "6": "socket:[77]" }, "/proc/812": { exe: "/usr/bin/redis-server" } },
  };
  expect(await short(changed({ files: installed, ...owned }))).toEqual([
    "quiet user added redis-user redis",
    "quiet unit added redis.service redis",
    "quiet cron added /etc/cron.d/redis redis",
    "quiet port added 6379/tcp redis",
    "quiet package added redis",
  ]);
  // The same without the package is somebody else's doing.
  const { "/var/lib/dpkg/status": _, ...others } = installed;
  const loud = await short(changed({ files: others, ...owned }));
  expect(loud.every((one) => one.startsWith("LOUD"))).toBe(true);
  expect(loud).toHaveLength(4);
});

/** A package that brings and takes so many units. */
const manyUnits = (count: number) => {
  const paths = Array.from({ length: count }, (_, at) => `/usr/lib/systemd/system/unit${at}.service`);
  return {
    "/var/lib/dpkg/status": status({ libssl3: "3.0.1", "postgresql-15": "15.7", nginx: "1.24", systemd: "257" }),
    "/var/lib/dpkg/info/systemd.list": paths.join("\n"),
    ...Object.fromEntries(paths.map((path) => [path, "[Service]\n"])),
  };
};

test("many units of one package are one change, and a few are told by name", async () => {
  expect(await short(changed({ files: manyUnits(3) }))).toHaveLength(4);
  const [units, packages, ...others] = await foundAfter(changed({ files: manyUnits(120) }));
  expect(units).toMatchObject({ kind: "unit", action: "added", isLoud: false, by: "systemd", count: 120 });
  expect(units?.names).toHaveLength(40);
  expect(packages).toMatchObject({ kind: "package", subject: "systemd" });
  expect(others).toEqual([]);
});

const present = status({ libssl3: "3.0.1", "postgresql-15": "15.7", nginx: "1.24" });
const ofNginx = { "/var/lib/dpkg/info/nginx.list": "/lib/systemd/system/nginx.service\n/etc/cron.d/nginx\n" };
const nginxCron = { "/etc/cron.d/nginx": "17 * * * * root /usr/bin/true\n" };

/** What is found when something is gone that a package had brought, on a machine whose day was looked at. */
async function foundWithout(packages: string, names: readonly string[], later: TestMachine["files"] = {}) {
  const whole = changed({ files: { ...ofNginx, ...nginxCron } });
  const first = await look(whole, null, { minutes: 0 });
  const daily = await look(whole, first, { minutes: 5, isErrand: true });
  const left = Object.entries({ ...whole.files, ...later }).filter(([name]) => !names.includes(name));
  const now = { ...whole, files: { ...Object.fromEntries(left), "/var/lib/dpkg/status": packages } };
  const { found } = await look(now, daily, { minutes: 10 });
  return found.map(({ kind, action, subject, by }) => [kind, action, subject, by]);
}

const allOfNginx = ["/usr/lib/systemd/system/nginx.service", "/etc/cron.d/nginx", "/var/lib/dpkg/info/nginx.list"];

test("what went with a package is named by it, although its list is gone, too", async () => {
  expect(await foundWithout(present.replace(/Package: nginx[^]*/, ""), allOfNginx)).toEqual([
    ["unit", "removed", "nginx.service", "nginx"],
    ["cron", "removed", "/etc/cron.d/nginx", "nginx"],
    ["package", "removed", "nginx", null],
  ]);
});

test("what another version of a package no longer brings is named by it", async () => {
  const list = { "/var/lib/dpkg/info/nginx.list": "/lib/systemd/system/nginx.service\n" };
  expect(await foundWithout(present.replace("1.24", "1.26"), ["/etc/cron.d/nginx"], list)).toEqual([
    ["cron", "removed", "/etc/cron.d/nginx", "nginx"],
    ["package", "changed", "nginx", null],
  ]);
});

test("what somebody deleted is named by no package, whichever were removed in the same time", async () => {
  expect(await foundWithout(present, [allOfNginx[0] ?? ""])).toEqual([["unit", "removed", "nginx.service", null]]);
  expect(await foundWithout(present.replace(/Package: libssl3[^]*?\n\n/, ""), [allOfNginx[0] ?? ""])).toEqual([
    ["unit", "removed", "nginx.service", null],
    ["package", "removed", "libssl3", null],
  ]);
});

test("what was installed and removed on one day is named by its package, too", async () => {
  const redis = {
    "/var/lib/dpkg/status": `${present}Package: redis\nStatus: install ok installed\nVersion: 7.0\n\n`,
    "/var/lib/dpkg/info/redis.list": "/lib/systemd/system/redis.service\n",
    "/usr/lib/systemd/system/redis.service": "[Service]\n",
  };
  expect(await foundAfter(changed({ files: redis }), machine)).toMatchObject([
    { kind: "unit", action: "removed", subject: "redis.service", by: "redis" },
    { kind: "package", action: "removed", subject: "redis" },
  ]);
});

test("an upgrade with a hundred changes hides neither what is loud beside them nor the packages", async () => {
  const addresses = Array.from({ length: 120 }, (_, at) => `203.0.113.${at + 1}`);
  const trie = addresses.map((one) => `           |-- ${one}\n              /32 host LOCAL\n`).join("");
  const other = { ...manyUnits(120), "/usr/lib/systemd/system/x.service": "[Service]\n" };
  const found = await short(changed({ files: other, proc: { "net/fib_trie": trie, "net/route": "" } }));
  expect(found.length).toBeLessThanOrEqual(100);
  expect(found).toContain("LOUD unit added x.service");
  expect(found).toContain("quiet package added systemd");
});

test("what a package does not list is loud although one was installed", async () => {
  const other = {
    "/var/lib/dpkg/status": upgraded,
    "/var/lib/dpkg/info/libssl3.list": "/.\n/usr/lib/libssl.so.3\n",
    "/etc/cron.d/x": "* * * * * root /tmp/x\n",
  };
  expect(await short(changed({ files: other }))).toEqual([
    "LOUD cron added /etc/cron.d/x",
    "quiet package changed postgresql-15",
  ]);
});

test("a service that starts some minutes after its package was installed is still explained", async () => {
  const installed = {
    "/var/lib/dpkg/status": upgraded,
    "/var/lib/dpkg/info/postgresql-15.list": "/.\n/usr/lib/postgresql/15/bin/postgres\n",
  };
  const started = {
    proc: { "net/tcp": head + listen("0050") + listen("1538", 88), "9/comm": "postgres\n", "9/cmdline": "postgres\0" },
    links: { "/proc/9/fd": { "6": "socket:[88]" }, "/proc/9": { exe: "/usr/lib/postgresql/15/bin/postgres" } },
  };
  const quiet = await short(changed({ files: installed }), changed({ files: installed, ...started }));
  expect(quiet).toEqual(["quiet port added 5432/tcp postgresql-15"]);
});

test("a port of a container is quiet", async () => {
  const owned = {
    proc: { "net/tcp": head + listen("0050") + listen("1F90", 99), "9/comm": "docker-proxy\n" },
    links: { "/proc/9/fd": { "4": "socket:[99]" }, "/proc/9": { exe: "/usr/bin/docker-proxy" } },
  };
  expect(await short(changed(owned))).toEqual(["quiet port added 8080/tcp docker-proxy"]);
});

test("a port that is closed for a moment is not new, and one that the kernel gives away never is", async () => {
  const closed = changed({ proc: { "net/tcp": head } });
  expect(await short(closed, machine)).toEqual([]);
  const ephemeral = changed({ proc: { "net/tcp": head + listen("0050") + listen("C350") } });
  expect(await short(ephemeral)).toEqual([]);
});

test("a socket of UDP is told when the next look sees the same one: a resolver opens others each time", async () => {
  const udp = (inode: number) => changed({ proc: { "net/udp": head + open("1F90", inode) } });
  expect(await short(udp(1))).toEqual([]);
  expect(await short(udp(1), udp(2))).toEqual([]);
  expect(await short(udp(1), udp(1))).toEqual(["LOUD port added 8080/udp"]);
});

test("as many sockets in use as listened before are the same, and the kernel is not asked for all of them", async () => {
  const counted = { "net/sockstat": "TCP: inuse 1 orphan 0\n" };
  const before = changed({ proc: counted });
  // It would be told if it were read.
  const other = changed({ proc: { ...counted, "net/tcp": head + listen("1F90") } });
  expect(await short(before, other)).toEqual([]);
  const more = changed({
    proc: { "net/sockstat": "TCP: inuse 2\n", "net/tcp": head + listen("0050") + listen("1F90") },
  });
  expect(await short(before, more)).toEqual(["LOUD port added 8080/tcp"]);
});

test("what this user may not read is not known, and no news when it can be read", async () => {
  const closed = changed({ files: { "/etc/sudoers": new Unavailable("/etc/sudoers may not be read", true) } });
  const first = await look(closed, null, { minutes: 0 });
  expect(first.closed).toEqual(["/etc/sudoers"]);
  const second = await look(machine, first);
  expect(second.found).toEqual([]);
  const third = await look(closed, second, { minutes: 10 });
  expect(third.found).toEqual([]);
});

test("a kind that is switched off is not told, and no news when it is switched on", async () => {
  const before = await look(machine, null, { minutes: 0, off: ["cron"] });
  const other = changed({ files: { "/etc/cron.d/x": "* * * * * root /tmp/x\n" } });
  const off = await look(other, before, { off: ["cron"] });
  expect(off.found).toEqual([]);
  expect((await look(other, off, { minutes: 10 })).found).toEqual([]);
});

const find = (text: string) => {
  const places = "/usr /bin /sbin /opt /etc /home /root /srv /tmp /var /dev/shm /run -xdev -maxdepth 5";
  const skipped = ["/var/lib/docker", "/var/lib/containerd", "/var/lib/containers", "/snap"].map(
    (one) => `-path ${one}`,
  );
  const names = ["node_modules", ".git", ".cache"].map((one) => `-name ${one}`);
  const skip = [...skipped, ...names].map((one) => `${one} -prune -o`).join(" ");
  return { [`nice -n 19 find ${places} ${skip} -type f -perm /6000 -perm /0111 -print`]: text };
};

test("once a day setuid programs are looked for, and the texts of units that came with packages", async () => {
  const first = await look({ ...machine, run: find("/usr/bin/su\n") }, null, { minutes: 0 });
  const daily = await look({ ...machine, run: find("/usr/bin/su\n") }, first, { isErrand: true });
  expect(daily.found).toEqual([]);
  const other = changed({ files: { "/usr/lib/systemd/system/nginx.service": "[Service]\nExecStartPre=/tmp/x\n" } });
  const quiet = await look(other, daily, { minutes: 10 });
  expect(quiet.found).toEqual([]);
  const found = await look({ ...other, run: find("/tmp/x\n/usr/bin/su\n") }, quiet, { minutes: 1500, isErrand: true });
  expect(found.found).toMatchObject([
    { kind: "setuid", action: "added", subject: "/tmp/x", isLoud: true },
    { kind: "unit", action: "changed", subject: "nginx.service", isLoud: true },
  ]);
});

test("a package's list that cannot be read keeps nothing else from being told", async () => {
  const broken = changed({ files: { "/var/lib/dpkg/info/nginx.list": new Error("larger than 16 MiB") } });
  const first = await look({ ...broken, run: find("/usr/bin/su\n") }, null, { minutes: 0 });
  const daily = await look({ ...broken, run: find("/usr/bin/su\n") }, first, { isErrand: true });
  const found = await look({ ...broken, run: find("/tmp/x\n/usr/bin/su\n") }, daily, { minutes: 1500, isErrand: true });
  expect(found.found).toMatchObject([{ kind: "setuid", action: "added", subject: "/tmp/x", isLoud: true }]);
});

test("one that is upgraded during the day explains its units and setuid programs", async () => {
  const run = find("/usr/bin/su\n");
  const first = await look({ ...machine, run }, null, { minutes: 0 });
  const daily = await look({ ...machine, run }, first, { isErrand: true });
  const other = {
    ...changed({
      files: {
        "/usr/lib/systemd/system/nginx.service": "[Service]\nExecStartPre=/usr/sbin/nginx -t\n",
        "/var/lib/dpkg/status": files["/var/lib/dpkg/status"].replace("1.24", "1.26"),
        "/var/lib/dpkg/info/nginx.list": "/lib/systemd/system/nginx.service\n/usr/bin/nginx-helper\n",
      },
    }),
    run: find("/usr/bin/nginx-helper\n/usr/bin/su\n"),
  };
  const between = await look(other, daily, { minutes: 600 });
  const found = await look(other, between, { minutes: 1500, isErrand: true });
  expect(found.found.map(({ kind, isLoud, by }) => [kind, isLoud, by])).toEqual([
    ["setuid", false, "nginx"],
    ["unit", false, "nginx"],
  ]);
});

test("a comment of a key cannot write into an alert: it is short and on one line", async () => {
  const hostile = key.replace("you@laptop", `**@everyone** ${"x".repeat(200)}`);
  const [found] = await foundAfter(changed({ files: { "/root/.ssh/authorized_keys": hostile } }));
  expect(found?.after?.length).toBeLessThan(80);
});

test("a fingerprint tells keys apart, and options of a key that change are a change", async () => {
  const bound = changed({ files: { "/root/.ssh/authorized_keys": `restrict ${key}` } });
  const free = changed({ files: { "/root/.ssh/authorized_keys": key } });
  expect(await short(bound, free)).toEqual(["LOUD key added root"]);
  expect(fingerprint).toMatch(/^SHA256:/);
});

/** What dpkg leaves where it is killed between the files of a package and the line about it. */
const unpacking = {
  "/var/lib/dpkg/updates/0003": "Package: redis\nStatus: install reinstreq half-installed\nVersion: 7.0\n",
  "/var/lib/dpkg/updates/tmp.i": "",
  "/usr/lib/systemd/system/redis.service": "[Service]\n",
  "/etc/init.d/redis.dpkg-new": "#!/bin/sh\n",
  "/etc/cron.d/redis.dpkg-new": "* * * * * root /usr/bin/true\n",
  "/etc/cron.daily/redis": "#!/bin/sh\n",
  "/etc/passwd": `${passwd}redis:x:110:110::/var/lib/redis:/bin/sh\n`,
};
const redisOwner = {
  proc: {
    "net/sockstat": "TCP: inuse 2\n",
    "net/tcp": head + listen("0050") + listen("18EB", 77),
    "812/comm": "redis-server\n",
    "812/cmdline": "/usr/bin/redis-server\0",
  },
  links: { "/proc/812/fd": { "6": "socket:[77]" }, "/proc/812": { exe: "/usr/bin/redis-server" } },
};
const midway = changed({ files: unpacking, ...redisOwner });
const half = changed({
  files: {
    ...Object.fromEntries(Object.entries(unpacking).filter(([name]) => !/updates|dpkg-new/.test(name))),
    "/etc/init.d/redis": "#!/bin/sh\n",
    "/var/lib/dpkg/status": `${files["/var/lib/dpkg/status"]}Package: redis\nStatus: install ok half-configured\nVersion: 7.0\n\n`,
  },
  ...redisOwner,
});
const done = {
  ...half,
  files: {
    ...half.files,
    "/var/lib/dpkg/status": status({ libssl3: "3.0.1", "postgresql-15": "15.7", nginx: "1.24", redis: "7.0" }),
    "/var/lib/dpkg/info/redis.list":
      "/lib/systemd/system/redis.service\n/etc/init.d/redis\n/etc/cron.daily/redis\n/usr/bin/redis-server\n",
  },
};

test("what a package brings while dpkg is at work waits until it is done, and is named by it", async () => {
  expect(await short(midway)).toEqual([]);
  expect(await short(midway, half)).toEqual([]);
  expect(await short(midway, midway, half, done)).toEqual([
    "quiet user added redis redis",
    "quiet unit added redis redis",
    "quiet unit added redis.service redis",
    "quiet cron added /etc/cron.daily/redis redis",
    "quiet port added 6379/tcp redis",
    "quiet package added redis",
  ]);
  expect(await short(midway, half, done, done)).toEqual([]);
});

test("what no package brings is loud at once, also while dpkg is at work", async () => {
  const by = {
    "/root/.ssh/authorized_keys": key,
    "/etc/sudoers.d/eve": "eve ALL=(ALL) NOPASSWD: ALL\n",
    "/etc/passwd": `${unpacking["/etc/passwd"]}eve:x:1001:1001::/home/eve:/bin/bash\n`,
    "/etc/ld.so.preload": "/lib/x.so\n",
    "/etc/systemd/system/x.service": "[Service]\n",
    "/var/spool/cron/crontabs/root": "* * * * * /tmp/x\n",
  };
  const eve = changed({ files: { ...unpacking, ...by }, ...redisOwner });
  const told = [
    "LOUD key added root",
    "LOUD user added eve",
    "LOUD sudoers added /etc/sudoers.d/eve",
    "LOUD unit added x.service",
    "LOUD cron added /var/spool/cron/crontabs/root",
    "LOUD preload added /lib/x.so",
  ];
  expect(await short(midway, eve)).toEqual(told);
  expect(await short(eve, eve)).toEqual([]);
});

test("what came while dpkg was at work and is of no package is loud when it is done", async () => {
  const extra = { "/usr/lib/systemd/system/x.service": "[Service]\n" };
  const during = changed({ files: { ...unpacking, ...extra }, ...redisOwner });
  const after = { ...done, files: { ...done.files, ...extra } };
  expect(await short(during)).toEqual([]);
  expect((await short(during, after)).filter((one) => one.startsWith("LOUD"))).toEqual(["LOUD unit added x.service"]);
});

test.each([
  ["killed", midway, "LOUD unit added redis.service"],
  ["stuck", half, "quiet unit added redis.service redis"],
])("a dpkg that was %s holds news back for a day and no longer", async (_, stuck, expected) => {
  const listed = {
    ...stuck,
    files: { ...stuck.files, "/var/lib/dpkg/info/redis.list": "/lib/systemd/system/redis.service\n" },
  };
  const first = await look(listed, await look(machine, null, { minutes: 0 }), { minutes: 5 });
  const late = await look(listed, first, { minutes: 1440 });
  expect(late.found).toEqual([]);
  const next = await look(listed, late, { minutes: 1450 });
  const said = next.found.map(({ kind, action, subject, isLoud, by }) =>
    [isLoud ? "LOUD" : "quiet", kind, action, subject, ...(by === null ? [] : [by])].join(" "),
  );
  expect(said).toContain(expected);
  expect((await look(listed, next, { minutes: 1455 })).found).toEqual([]);
});

test.each([
  ["apk", "/lib/apk/db/lock", "2: FLOCK  ADVISORY  WRITE 3517 00:1b:25306 0 EOF\n"],
  ["rpm", "/usr/lib/sysimage/rpm/.rpm.lock", "2: POSIX  ADVISORY  WRITE 3517 00:1b:25306 0 EOF\n"],
])(
  "what comes while %s holds its lock waits until it is done; its lock file alone means nothing",
  async (_, file, held) => {
    const lookWith = async (own: TestMachine["files"], locks: string, before: Kept | null, minutes: number) => {
      const here = { proc: { ...proc, locks }, files: { ...gone("/var/lib/dpkg/status"), [file]: "", ...own } };
      const host = testHost(here);
      const stamps = async (paths: readonly string[]) => {
        const all = await host.stamps(paths);
        return all.map((stamp, index) => (paths[index] === file ? "1700000000000-0-25306-1700000000000" : stamp));
      };
      return look(here, before, { minutes }, { ...host, stamps });
    };
    const installed = (name: string, ...paths: readonly string[]) => {
      const lines = paths.map((path) => path.replace(/^\/(.*)\/(.*)$/, "F:$1\nR:$2\n"));
      return `P:${name}\nV:1\n${lines.join("")}\n`;
    };
    const script = { "/etc/init.d/redis": "#!/bin/sh\n" };
    const before = { "/lib/apk/db/installed": installed("musl") };
    const after = { "/lib/apk/db/installed": installed("musl") + installed("redis", "/etc/init.d/redis"), ...script };
    const first = await lookWith(before, "", null, 0);
    const during = await lookWith({ ...before, ...script }, held, first, 5);
    expect(during.found).toEqual([]);
    const end = await lookWith(after, "", during, 10);
    expect(end.found.map(({ kind, isLoud, by }) => [kind, isLoud, by])).toEqual([
      ["unit", false, "redis"],
      ["package", false, null],
    ]);
    const own = await lookWith({ ...after, "/etc/init.d/x": "#!/bin/sh\n" }, "", end, 15);
    expect(own.found).toMatchObject([{ kind: "unit", subject: "x", isLoud: true }]);
  },
);

test("what package managers leave beside a file is none of cron's, and no start script", async () => {
  const others = ["ucf-dist", "rpmnew", "rpmsave", "rpmorig", "apk-new"];
  const names = ["dpkg-new", "dpkg-tmp", "dpkg-old", "dpkg-dist", ...others];
  const left = names.flatMap((name) => [
    [`/etc/init.d/nginx.${name}`, "#!/bin/sh\n"] as const,
    [`/etc/cron.d/nginx.${name}`, "* * * * * root /usr/bin/true\n"] as const,
    [`/etc/cron.daily/nginx.${name}`, "#!/bin/sh\n"] as const,
    [`/etc/sudoers.d/nginx.${name}`, "eve ALL=ALL\n"] as const,
  ]);
  const apk = { "/etc/init.d/.apk.0f3c": "" };
  expect(await short(changed({ files: { ...Object.fromEntries(left), ...apk } }))).toEqual([]);
});
