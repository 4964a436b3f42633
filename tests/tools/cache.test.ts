import { expect, test } from "bun:test";
import { chmodSync, chownSync, mkdirSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";

import { root, testWhen } from "../support/programNeeds.ts";
import { temporaryDirectory } from "../support/project.ts";
import { cacheDirectory } from "./cache.ts";

const uid = process.getuid?.() ?? 0;

/** Where the cache is for a user with this home, and a shared directory that `spoil` may have changed before. */
function placeFor(home: (directory: string) => string | undefined, spoil: (shared: string) => void = () => undefined) {
  using directory = temporaryDirectory();
  const shared = join(directory.path, "shared");
  mkdirSync(shared);
  chmodSync(shared, 0o1777);
  mkdirSync(join(directory.path, "home"));
  spoil(join(shared, `server-metrics-tests-${uid}`));
  const place = cacheDirectory({ uid, env: { HOME: home(directory.path) } }, [shared]);
  if (place !== null) expect(statSync(place).mode & 0o777).toBe(0o700);
  return place?.replace(directory.path, "") ?? null;
}

const shared = `/shared/server-metrics-tests-${uid}`;

test("the cache is in the user's home", () => {
  expect(placeFor((directory) => join(directory, "home"))).toBe("/home/.cache/server-metrics-tests");
});

test("XDG_CACHE_HOME is asked first", () => {
  using directory = temporaryDirectory();
  const env = { HOME: join(directory.path, "home"), XDG_CACHE_HOME: join(directory.path, "xdg") };
  expect(cacheDirectory({ uid, env }, [])).toBe(join(directory.path, "xdg/server-metrics-tests"));
});

test.each<[string, (directory: string) => string | undefined]>([
  ["no home", () => undefined],
  ["an empty home", () => ""],
  ["a home that is not there", () => "/proc/nowhere"],
  ["a home whose path cannot stand in PATH", (directory) => `${directory}/a:b`],
  [
    "a home that others may change",
    (directory) => (chmodSync(join(directory, "home"), 0o777), join(directory, "home")),
  ],
])("with %s it is in a shared directory, for this user alone", (_, home) => {
  expect(placeFor(home)).toBe(shared);
});

test.each<[string, (place: string) => void]>([
  ["others may look into", (place) => (mkdirSync(place), chmodSync(place, 0o755))],
  ["is a link", (place) => symlinkSync("/", place)],
])("one that %s is not used", (_, spoil) => {
  expect(placeFor(() => "", spoil)).toBeNull();
});

testWhen([root])("one that another user has made is not used", () => {
  const spoil = (place: string) => (mkdirSync(place, { mode: 0o700 }), chownSync(place, 65_534, 65_534));
  expect(placeFor(() => "", spoil)).toBeNull();
});
