import { expect, test } from "bun:test";
import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { findStateDirectory, possibleDirectories } from "../../lib/state/directory.ts";
import { root, testWhen } from "../support/programNeeds.ts";
import { run, temporaryDirectory } from "../support/project.ts";

const at = (flag: string) => findStateDirectory({ flag, env: {} });
test("the named directory is made, with all above it, for its owner alone", () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "deep/below");
  expect(at(path)).toEqual({ kind: "usable", path });
  expect(statSync(path).mode & 0o777).toBe(0o700);
  expect(statSync(join(directory.path, "deep")).mode & 0o777).toBe(0o700);
});

test("one that others could look into is closed to them", () => {
  using directory = temporaryDirectory();
  chmodSync(directory.path, 0o755);
  expect(at(directory.path).kind).toBe("usable");
  expect(statSync(directory.path).mode & 0o777).toBe(0o700);
});

const advice = "mend that, or name another directory with --state-dir";

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
])("%s is refused and left alone", async (_, why, make) => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "state");
  await make(path);
  expect(at(path)).toEqual({ kind: "none", asked: false, reason: `${path} ${why}; ${advice}` });
  expect(readdirSync(directory.path)).toEqual(["state"]);
});

testWhen([root])("another user's directory is refused", () => {
  using directory = temporaryDirectory();
  chownSync(directory.path, 65_534, 65_534);
  expect(at(directory.path)).toMatchObject({ reason: `${directory.path} belongs to another user; ${advice}` });
});

test("a place below a file is no place", () => {
  using directory = temporaryDirectory();
  writeFileSync(join(directory.path, "file"), "");
  expect(at(join(directory.path, "file/state"))).toMatchObject({ kind: "none" });
});

test("none means none, by flag and by variable", () => {
  const none = { kind: "none", asked: true, reason: "run without state" } as const;
  expect(at("none")).toEqual(none);
  expect(findStateDirectory({ flag: undefined, env: { SERVER_METRICS_STATE_DIR: "none" } })).toEqual(none);
  expect(possibleDirectories({ flag: "none", env: {} })).toEqual([]);
});

test("the flag goes before the variable, and what is named has no other place behind it", () => {
  using directory = temporaryDirectory();
  const env = { SERVER_METRICS_STATE_DIR: "/proc/nothing", HOME: directory.path };
  expect(findStateDirectory({ flag: join(directory.path, "a"), env })).toMatchObject({ kind: "usable" });
  expect(findStateDirectory({ flag: undefined, env })).toMatchObject({ kind: "none" });
});

test("the customary places come in their order, and an unusable one is passed over", () => {
  using directory = temporaryDirectory();
  const place = (name: string) => join(directory.path, name);
  const env = { STATE_DIRECTORY: `${place("systemd")}:/other`, XDG_STATE_HOME: place("xdg"), HOME: place("home") };
  const found = (variables: Readonly<Record<string, string | undefined>>) =>
    findStateDirectory({ flag: undefined, env: { ...env, ...variables } });
  expect(found({})).toEqual({ kind: "usable", path: place("systemd") });
  expect(found({ STATE_DIRECTORY: undefined })).toEqual({ kind: "usable", path: place("xdg/server-metrics") });
  expect(found({ STATE_DIRECTORY: "/proc/nothing" })).toEqual({ kind: "usable", path: place("xdg/server-metrics") });
  const home = { STATE_DIRECTORY: undefined, XDG_STATE_HOME: "" };
  expect(found(home)).toEqual({ kind: "usable", path: place("home/.local/state/server-metrics") });
  expect(possibleDirectories({ flag: undefined, env: {} })).toEqual(["/var/lib/server-metrics"]);
});
