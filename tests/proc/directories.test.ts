import { expect, test } from "bun:test";

import { grownMost, keepSizes, parseDu } from "../../lib/proc/directories.ts";

const sizes = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts).map(([path, count]) => ({ path, count }));
const before = sizes({
  "/var/lib/postgresql": 100,
  "/var/lib": 150,
  "/var/log": 50,
  "/var": 210,
  "/home": 300,
  "/": 600,
});
const now = sizes({
  "/var/lib/postgresql": 900,
  "/var/lib": 960,
  "/var/log": 250,
  "/var": 1220,
  "/home": 310,
  "/": 1700,
});

test("the directory that grew is named, and not those around it", () => {
  expect(grownMost(now, keepSizes(before, 0), 20)).toEqual([
    { path: "/var/lib/postgresql", count: 800 },
    { path: "/var/log", count: 200 },
  ]);
});

test("without earlier sizes the largest are named", () => {
  expect(grownMost(now, null, 20).map(({ path }) => path)).toEqual(["/var/lib/postgresql", "/home", "/var/log"]);
});

test("a directory that grew in many small ones is named itself", () => {
  const users = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`/home/user${index}`, 20]));
  const grown = sizes({ ...users, "/home": 1000, "/": 1000 });
  expect(grownMost(grown, null, 10)).toEqual([{ path: "/home", count: 1000 }]);
});

test("what shrank or stayed is not named, and of what was too small to be kept no more is told than is sure", () => {
  expect(grownMost(before, keepSizes(now, 0), 20)).toEqual([]);
  const many = sizes(Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`/a${index}`, 1000 - index])));
  const kept = keepSizes([...many, { path: "/", count: 9000 }], 0);
  expect(Object.keys(kept.sizes)).toHaveLength(200);
  const grown = grownMost(sizes({ "/new": 5000, "/": 14_000 }), kept, 20);
  // The smallest that was kept had 802.
  expect(grown).toEqual([{ path: "/new", count: 5000 - 802 }]);
});

test("lines of du that are none are left out", () => {
  expect(parseDu("12\t/var/log\ndu: cannot read\nx\t/a\n40\t/")).toEqual([
    { path: "/var/log", count: 12 },
    { path: "/", count: 40 },
  ]);
});
