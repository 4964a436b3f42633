import { afterAll, expect } from "bun:test";
import { existsSync, readFileSync } from "node:fs";

import { fakeDiscord } from "../support/fakeDiscord.ts";
import { namespaces, testWith } from "../support/needs.ts";
import type { Shown } from "../support/shown.ts";
import { compareWithOutside, emptyRoot, look, type Looks, openBox, removeCopy } from "./box.ts";
import { testWhen } from "../support/programNeeds.ts";

afterAll(removeCopy);

/** What comes from /sys, /etc, /run, sockets or programs: the root has none of them. */
const notFromProc = ["inventory", "reboot", "temperature", "units", "containers"];

/** What stays as it is while the machine runs: names, sizes, limits, and all of the file system mounted at `root`. */
function facts({ readings, observations }: Shown, root: string) {
  const stable = /^(memory_total|swap_total|cpu_cores|conntrack_limit|open_files_limit)/;
  const ofMachine = observations.filter(({ labels }) => labels["mount"] === undefined && labels["pid"] === undefined);
  const ofRoot = observations.filter(({ labels }) => labels["mount"] === root);
  return {
    host: { ...Object(readings["host"]?.value), os: null, uptimeSeconds: null },
    names: ofMachine.map(({ key }) => key).filter((key) => key !== "reboot_required"),
    values: ofMachine.filter(({ name }) => stable.test(name)).map(({ key, value }) => [key, value]),
    root: ofRoot.map(({ name, value }) => [name, value]),
  };
}

testWith("mkfs.ext4")("in a root with nothing but itself, libc and /proc it shows what it shows outside", async () => {
  await using box = await openBox(emptyRoot);
  const outside = await look(box);
  const inside = await look(box, ["chroot", `${box.directory}/root`], "/server-metrics");
  expect(await box.shell("cd $W/root && find . -path ./proc -prune -o -type f -print | grep -v lib")).toBe(
    "./server-metrics\n",
  );
  compareWithOutside(outside, inside, notFromProc);
  const [expected, found] = [facts(outside.json, `${box.directory}/root`), facts(inside.json, "/")];
  expect(found.root.length).toBeGreaterThan(4);
  expect(found.values.length).toBeGreaterThan(2);
  expect(found).toEqual(expected);
});

testWith("mkfs.ext4")("from a root with nothing but itself, libc and /proc it posts, and remembers", async () => {
  await using discord = await fakeDiscord();
  await using box = await openBox(emptyRoot);
  const environment = { DISCORD_WEBHOOK_URL: discord.webhookUrl, SERVER_METRICS_ALLOW_HOST: discord.host };
  const post = ["chroot", `${box.directory}/root`, "/server-metrics", "--sample", "0", "--state-dir", "/state"];
  for (const _ of ["first", "second"]) {
    const finished = await box.run(post, environment);
    expect(finished).toEqual({ status: 0, stdout: "", stderr: "" });
  }
  // Cards are silent; a machine that is busy meanwhile may have something to announce, too.
  expect(discord.messages.filter((message) => JSON.stringify(message).includes('"flags":4096'))).toHaveLength(2);
  expect(await box.shell("ls -A $W/root/state")).not.toBe("");
});

testWith("mkfs.ext4", "busybox")("in a BusyBox userland it shows what it shows outside", async () => {
  await using box = await openBox(`${emptyRoot}
    mkdir $W/root/bin $W/root/dev $W/root/etc
    install $(command -v busybox) $W/root/bin/busybox
    chroot $W/root /bin/busybox --install -s /bin
    mknod -m 666 $W/root/dev/null c 1 3`);
  const outside = await look(box);
  const inside = await look(
    box,
    ["chroot", `${box.directory}/root`, "/bin/sh", "-c", 'exec "$@"', "sh"],
    "/server-metrics",
  );
  compareWithOutside(
    outside,
    inside,
    notFromProc.filter((name) => name !== "inventory"),
  );
});

let outside: Promise<Looks> | undefined;

/** The machine as a program sees it that lacks nothing: the same for all places. */
function lookOutside(): Promise<Looks> {
  outside ??= (async () => {
    await using box = await openBox();
    return await look(box);
  })();
  return outside;
}

const stranger = ["setpriv", "--reuid=424242", "--regid=424242", "--clear-groups"];
const nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

const places: Readonly<Record<string, { setup?: string; start?: readonly string[]; missing?: readonly string[] }>> = {
  "with an empty environment": { start: ["env", "-i"] },
  "without HOME and without an entry in passwd": { start: [...stranger, "env", "--unset=HOME", "--unset=USER"] },
  "as nobody": { start: nobody },
  "with hidepid, as nobody": {
    setup: "mount -t proc -o hidepid=2 proc /proc",
    start: nobody,
    missing: ["topProcesses"],
  },
  "with a read-only root": { setup: "mount -o remount,bind,ro /" },
  "with 16 open files": { start: ["prlimit", "--nofile=16"] },
  "with 10 processes": { start: ["prlimit", "--nproc=10", ...stranger], missing: ["inventory"] },
  "without TERM and a locale": { start: ["env", "--unset=TERM", "--unset=LANG", "--unset=LC_ALL"] },
  "in a locale that is not there": { start: ["env", "LC_ALL=xx_YY.UTF-16", "LANG=C", "LANGUAGE=tlh"] },
  "in a time zone that is none": { start: ["env", "TZ=Mars/Olympus_Mons"] },
  "in a time zone that is a file": { start: ["env", "TZ=:/etc/passwd"] },
  "in a POSIX time zone": { start: ["env", "TZ=<+0330>-3:30"] },
  "with a terminal that it does not know": { start: ["env", "TERM=vt05"] },
};

for (const [name, { setup, start, missing }] of Object.entries(places)) {
  testWith("setpriv")(`${name} it shows every number of the kernel`, async () => {
    const expected = await lookOutside();
    await using box = await openBox(setup);
    compareWithOutside(expected, await look(box, start), missing);
  });
}

testWith("setpriv")("with hidepid it says that it sees only its own processes", async () => {
  await using box = await openBox("mount -t proc -o hidepid=2 proc /proc");
  const { json } = await look(box, nobody);
  expect(json.readings["processes"]).toMatchObject({ value: { onlyOwn: true } });
});

/** The shell script that puts itself into a group of processes with 64 MiB, which is `$group`. */
function memoryGroup(): string | null {
  const controllers = "/sys/fs/cgroup/cgroup.subtree_control";
  if (existsSync("/sys/fs/cgroup/memory/memory.limit_in_bytes")) {
    return "group=/sys/fs/cgroup/memory/server-metrics-$$; mkdir $group; echo 64M >$group/memory.limit_in_bytes";
  }
  if (existsSync(controllers) && readFileSync(controllers, "utf8").includes("memory")) {
    return "group=/sys/fs/cgroup/server-metrics-$$; mkdir $group; echo 64M >$group/memory.max";
  }
  return null;
}

const group = memoryGroup();

testWhen([namespaces, { what: "a memory cgroup", there: group !== null }])(
  "with 64 MiB of memory it shows every number of the kernel",
  async () => {
    const expected = await lookOutside();
    await using box = await openBox();
    const inside = `${group}; trap 'rmdir $group' EXIT; (echo 0 >$group/cgroup.procs; exec "$@")`;
    const limited = await look(box, ["sh", "-euc", inside, "sh"]);
    compareWithOutside(expected, limited, ["inventory"]);
  },
);
