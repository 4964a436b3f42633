import { expect, test } from "bun:test";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { openStamp, stampDirectories } from "../../lib/state/stamp.ts";
import { temporaryDirectory } from "../support/project.ts";

const told = { news: { disk: 7 }, cardMs: 3, anythingMs: null };
const nothing = { news: {}, cardMs: null, anythingMs: null };

test("what was told is read again, by the same installation only, and by nobody else", () => {
  using home = temporaryDirectory();
  const directory = join(home.path, "own");
  const stamp = openStamp([directory], "a");
  expect(stamp.read()).toEqual(nothing);
  stamp.write({ ...told, news: { disk: 7, "a longer one": 8 } }, 9);
  stamp.write(told, 9);
  expect(openStamp([directory], "a").read()).toEqual(told);
  expect(openStamp([directory], "b").read()).toEqual(nothing);
  const [name = ""] = readdirSync(directory);
  expect([statSync(directory).mode & 0o777, statSync(join(directory, name)).mode & 0o777]).toEqual([0o700, 0o600]);
});

test("a directory that cannot be made is passed over", () => {
  using home = temporaryDirectory();
  const directories = [join(home.path, "absent/below"), "/proc/1/none", join(home.path, "own")];
  openStamp(directories, "a").write(told, 9);
  expect(openStamp(directories, "a").read()).toEqual(told);
});

test("a link, a directory that others may write to, and a file in its place are refused", () => {
  using home = temporaryDirectory();
  mkdirSync(join(home.path, "elsewhere"));
  symlinkSync(join(home.path, "elsewhere"), join(home.path, "link"));
  mkdirSync(join(home.path, "open"));
  chmodSync(join(home.path, "open"), 0o777);
  writeFileSync(join(home.path, "file"), "");
  const stamp = openStamp([join(home.path, "link"), join(home.path, "open"), join(home.path, "file")], "a");
  stamp.write(told, 9);
  expect(stamp.read()).toEqual(nothing);
  expect([...readdirSync(join(home.path, "elsewhere")), ...readdirSync(join(home.path, "open"))]).toEqual([]);
});

test("a file that is a link is not followed, and one that is damaged says nothing", () => {
  using home = temporaryDirectory();
  const directory = join(home.path, "own");
  openStamp([directory], "a").write(told, 9);
  const [name = ""] = readdirSync(directory);
  writeFileSync(join(directory, name), "{");
  expect(openStamp([directory], "a").read()).toEqual(nothing);
  writeFileSync(join(home.path, "precious"), "precious");
  openStamp([join(home.path, "other")], "none").write(told, 9);
  symlinkSync(join(home.path, "precious"), join(home.path, `other/${name}`));
  openStamp([join(home.path, "other")], "a").write(told, 9);
  expect(readFileSync(join(home.path, "precious"), "utf8")).toBe("precious");
});

test("memory file systems come first, and what is no absolute path is left out", () => {
  const places = stampDirectories({ RUNTIME_DIRECTORY: "/run/unit:/run/b", XDG_RUNTIME_DIR: "relative" });
  expect(places[0]).toBe("/run/unit");
  expect(places.at(-1)).toMatch(/^\/tmp\/server-metrics-\d+$/);
  expect(places.every((path) => path.startsWith("/"))).toBe(true);
});

test("a place that takes no text keeps the time of the last word", () => {
  using home = temporaryDirectory();
  const directory = join(home.path, "own");
  const stamp = openStamp([directory], "a");
  expect(stamp.read()).toEqual(nothing);
  expect(readdirSync(home.path)).toEqual([]);
  expect(stamp.isWritable()).toBe(true);
  expect(stamp.read()).toEqual(nothing);
  const [name = ""] = readdirSync(directory);
  utimesSync(join(directory, name), 7, 7);
  expect(stamp.read()).toEqual({ news: {}, cardMs: 7000, anythingMs: 7000 });
});
