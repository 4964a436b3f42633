import { expect, test } from "bun:test";

import { measureDirectories } from "../../lib/measure/directories.ts";
import { findFreeable } from "../../lib/measure/reclaim.ts";
import { Unavailable } from "../../lib/model/host.ts";
import { testHost, type TestMachine } from "../support/testHost.ts";

const mib = 1024 ** 2;
/** A host that answers each `du` with what it knows of the paths that are asked for. */
function hostWith(sizes: Readonly<Record<string, number>>, machine: TestMachine = {}) {
  const asked: string[] = [];
  const host = {
    ...testHost(machine),
    run: async (program: string, args: readonly string[]) => {
      asked.push([program, ...args].join(" "));
      const known = args.filter((path) => path in sizes);
      return known.map((path) => `${sizes[path] ?? 0}\t${path}\n`).join("");
    },
  };
  return { host, asked };
}

test("what may be deleted is told with its command, the most first, and what is empty is not told", async () => {
  const { host } = hostWith({
    "/var/cache/apt/archives": 300 * 1024,
    "/var/cache/dnf": 0,
    "/var/log/journal": 1000 * 1024,
  });
  expect(await findFreeable(host, "/", ["/"])).toEqual([
    { command: "journalctl --vacuum-size=200M", bytes: 800 * mib },
    { command: "apt-get clean", bytes: 300 * mib },
  ]);
});

test("a journal that is smaller than what stays of it frees nothing", async () => {
  const { host } = hostWith({ "/var/log/journal": 150 * 1024 });
  expect(await findFreeable(host, "/", ["/"])).toEqual([]);
});

test("only what lies on the file system that is full is told, and asked for", async () => {
  const { host, asked } = hostWith({ "/var/cache/apt/archives": 1024, "/var/log/journal": 900 * 1024 });
  const mounts = ["/", "/var/log", "/srv"];
  expect(await findFreeable(host, "/var/log", mounts)).toEqual([
    { command: "journalctl --vacuum-size=200M", bytes: 700 * mib },
  ]);
  expect(await findFreeable(host, "/srv", mounts)).toEqual([]);
  expect(asked).toHaveLength(1);
  expect(asked[0]).not.toContain("apt");
});

const kernels = (...versions: readonly string[]) =>
  Object.fromEntries(
    versions.flatMap((one) => [`/boot/vmlinuz-${one}`, `/boot/initrd.img-${one}`].map((path) => [path, ""])),
  );

test("old kernels are those that neither run nor are the newest, and only apt removes them", async () => {
  const sizes = { "/lib/modules/6.1.0-9-amd64": 1024, "/boot/initrd.img-6.1.0-9-amd64": 512 };
  const files = kernels("6.1.0-9-amd64", "6.1.0-25-amd64", "6.1.0-30-amd64");
  const proc = { "sys/kernel/osrelease": "6.1.0-25-amd64\n" };
  const dpkg = { "/var/lib/dpkg/status": "" };
  const { host, asked } = hostWith(sizes, { files: { ...files, ...dpkg }, proc });
  expect(await findFreeable(host, "/", ["/"])).toEqual([{ command: "apt-get autoremove --purge", bytes: 1.5 * mib }]);
  expect(asked.join()).not.toMatch(/6\.1\.0-(?:25|30)-/);
  expect(await findFreeable(hostWith(sizes, { files, proc }).host, "/", ["/"])).toEqual([]);
  // One that was not installed by a package runs.
  const foreign = { files: { ...files, ...dpkg }, proc: { "sys/kernel/osrelease": "6.9.0-mine\n" } };
  expect(await findFreeable(hostWith(sizes, foreign).host, "/", ["/"])).toEqual([]);
});

test("unused images and what builds left are counted by the engine; what they share with others stays", async () => {
  const df = {
    Images: [
      { Size: 90 * mib, SharedSize: 30 * mib, Containers: 0 },
      { Size: 500 * mib, SharedSize: -1, Containers: 2 },
      { Size: 10 * mib, SharedSize: -1, Containers: 0 },
    ],
    BuildCache: [
      { Size: 20 * mib, InUse: false },
      { Size: 40 * mib, InUse: true },
    ],
  };
  const getUnix = { "/var/run/docker.sock /system/df": JSON.stringify(df) };
  expect(await findFreeable(hostWith({}, { getUnix }).host, "/", ["/"])).toEqual([
    { command: "docker image prune -a", bytes: 70 * mib },
    { command: "docker builder prune", bytes: 20 * mib },
  ]);
  const odd = { "/var/run/docker.sock /system/df": "<html>" };
  expect(await findFreeable(hostWith({}, { getUnix: odd }).host, "/", ["/"])).toEqual([]);
});

test("directories that are too many are asked for one level less; a du that fails is no finding", async () => {
  const answers: Readonly<Record<string, string | Error>> = {
    "3": new Error("more than 1 MiB of output"),
    "2": "8\t/srv/a\n9\t/srv\n",
  };
  const host = {
    ...testHost({}),
    run: async (_: string, args: readonly string[]) => {
      const answer = answers[args.at(-2) ?? ""];
      if (typeof answer === "string") return answer;
      throw answer ?? new Unavailable("du is not there");
    },
  };
  expect(await measureDirectories(host, "/srv", 1000)).toEqual([
    { path: "/srv/a", count: 8 },
    { path: "/srv", count: 9 },
  ]);
  expect(await measureDirectories(testHost({}), "/srv", 1000)).toEqual([]);
});
