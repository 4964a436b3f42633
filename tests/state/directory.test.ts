import { expect, test } from "bun:test";
import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { findPlaces, lookAtDirectory, prepareDirectory } from "../../lib/state/directory.ts";
import { findStateFile } from "../../lib/state/reading.ts";
import { root, testWhen } from "../support/programNeeds.ts";
import { run, temporaryDirectory } from "../support/project.ts";
import { stateWith } from "../support/stateFile.ts";

test("the named directory is made, with all above it, for its owner alone", async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "deep/below");
  expect(await prepareDirectory(path)).toEqual({ kind: "usable", path });
  expect(statSync(path).mode & 0o777).toBe(0o700);
  expect(statSync(join(directory.path, "deep")).mode & 0o777).toBe(0o700);
});

test("one that others could look into is closed to them", async () => {
  using directory = temporaryDirectory();
  chmodSync(directory.path, 0o755);
  expect((await prepareDirectory(directory.path)).kind).toBe("usable");
  expect(statSync(directory.path).mode & 0o777).toBe(0o700);
});

test("who only looks makes and closes nothing", async () => {
  using directory = temporaryDirectory();
  chmodSync(directory.path, 0o755);
  expect(await lookAtDirectory(directory.path)).toEqual({ kind: "usable", path: directory.path });
  expect(statSync(directory.path).mode & 0o777).toBe(0o755);
  const missing = join(directory.path, "none");
  expect(await lookAtDirectory(missing)).toEqual({ kind: "missing" });
});

test.each<[string, string, (path: string) => unknown]>([
  ["a link to a directory", "is not a directory, or a link", (path) => symlinkSync("/usr", path)],
  ["a dangling link", "is not a directory, or a link", (path) => symlinkSync("/nowhere", path)],
  ["a FIFO", "is not a directory, or a link", (path) => run(["mkfifo", path])],
  ["a file", "is not a directory, or a link", (path) => writeFileSync(path, "")],
  [
    "a directory that all may write to",
    "may be written to by other users",
    (path) => {
      mkdirSync(path);
      chmodSync(path, 0o1777);
    },
  ],
  [
    "a directory with a FIFO where SQLite has its journal",
    "holds state.db-journal, which is not a regular file of ours",
    async (path) => {
      mkdirSync(path);
      await run(["mkfifo", join(path, "state.db-journal")]);
    },
  ],
])("%s is refused and left alone", async (_, why, make) => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "state");
  await make(path);
  expect(await prepareDirectory(path)).toEqual({ kind: "unusable", reason: `${path} ${why}` });
  expect(readdirSync(directory.path)).toEqual(["state"]);
});

test("links that lead to it are followed", async () => {
  using directory = temporaryDirectory();
  mkdirSync(join(directory.path, "real"));
  symlinkSync("real", join(directory.path, "home"));
  const usable = { kind: "usable", path: join(directory.path, "real/a/state") } as const;
  expect(await prepareDirectory(join(directory.path, "home/a/state"))).toEqual(usable);
  expect(await lookAtDirectory(join(directory.path, "home/a/state"))).toEqual(usable);
});

testWhen([root])("another user's directory is refused", async () => {
  using directory = temporaryDirectory();
  chownSync(directory.path, 65_534, 65_534);
  const reason = `${directory.path} belongs to another user`;
  expect(await prepareDirectory(directory.path)).toEqual({ kind: "unusable", reason });
});

test("a place below a file is no place", async () => {
  using directory = temporaryDirectory();
  writeFileSync(join(directory.path, "file"), "");
  expect(await prepareDirectory(join(directory.path, "file/state"))).toMatchObject({ kind: "unusable" });
});

test("none means none, by flag and by variable", async () => {
  const none = { isUnwanted: true, paths: [] };
  expect(await findPlaces({ flag: "none", env: {} })).toMatchObject(none);
  expect(await findPlaces({ flag: undefined, env: { SERVER_METRICS_STATE_DIR: "none" } })).toMatchObject(none);
});

test("the flag goes before the variable, and what is named has no other place behind it", async () => {
  const env = { SERVER_METRICS_STATE_DIR: "/b", HOME: "/home/one" };
  expect((await findPlaces({ flag: "/a", env })).paths).toEqual(["/a"]);
  expect(await findPlaces({ flag: undefined, env })).toMatchObject({ isNamed: true, paths: ["/b"] });
});

test("the customary places come in their order", async () => {
  const env = { STATE_DIRECTORY: "/run/one:/other", XDG_STATE_HOME: "/x", HOME: "/h" };
  const found = async (variables: Readonly<Record<string, string | undefined>>) =>
    (await findPlaces({ flag: undefined, env: { ...env, ...variables }, isRoot: false })).paths;
  const system = "/var/lib/server-metrics";
  expect(await found({})).toEqual(["/run/one", "/x/server-metrics", "/h/.local/state/server-metrics", system]);
  const home = { STATE_DIRECTORY: undefined, XDG_STATE_HOME: "" };
  expect(await found(home)).toEqual(["/h/.local/state/server-metrics", system]);
  expect(await found({ ...home, HOME: undefined })).toEqual([system]);
});

test("a place that has a state goes before one that has none, for those who write and those who read", async () => {
  using directory = temporaryDirectory();
  const [xdg, home] = [join(directory.path, "xdg"), join(directory.path, "home")];
  const choice = { flag: undefined, env: { XDG_STATE_HOME: xdg, HOME: home }, isRoot: false };
  expect(await findStateFile(choice)).toBeNull();
  const place = join(home, ".local/state/server-metrics");
  mkdirSync(place, { recursive: true });
  const file = stateWith(place, []);
  expect((await findPlaces(choice)).paths[0]).toBe(place);
  expect(await findStateFile(choice)).toBe(file);
  expect(readdirSync(directory.path)).toEqual(["home"]);
});
