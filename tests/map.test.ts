import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { projectRoot } from "./support/project.ts";

/*
 * The map of lib/README.md as a graph: a room is a folder of lib, or a file that lies loose beside them. What is imported as a
 * type alone is gone after compiling, and no arrow.
 */
const sources = [...new Bun.Glob("lib/**/*.ts").scanSync(projectRoot)];
const roomOf = (file: string): string => file.split("/")[1] ?? "";
const transpiler = new Bun.Transpiler({ loader: "ts" });

interface Arrow {
  readonly from: string;
  readonly to: string;
}

const arrows = sources.flatMap((file): readonly Arrow[] =>
  transpiler
    .scanImports(readFileSync(join(projectRoot, file), "utf8"))
    .filter(({ path }) => path.startsWith("."))
    .map(({ path }) => ({ from: file, to: join(dirname(file), path) }))
    .filter(({ from, to }) => roomOf(from) !== roomOf(to)),
);

/** Every room that one leads to, near or far. */
function reachedFrom(room: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [room];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const { from, to } of arrows) {
      if (roomOf(from) !== next || reached.has(roomOf(to))) continue;
      reached.add(roomOf(to));
      open.push(roomOf(to));
    }
  }
  return reached;
}

const sayAll = (some: readonly Arrow[]) => some.map(({ from, to }) => `${from} → ${to}`);

test("no two rooms of lib import each other", () => {
  const isAnswered = ({ from, to }: Arrow) =>
    arrows.some((back) => roomOf(back.from) === roomOf(to) && roomOf(back.to) === roomOf(from));
  expect(sayAll(arrows.filter(isAnswered))).toEqual([]);
});

test("the rooms of lib import each other in no circle", () => {
  const rooms = new Set(arrows.map(({ to }) => roomOf(to)));
  const reached = new Map([...rooms].map((room) => [room, reachedFrom(room)]));
  expect(sayAll(arrows.filter(({ from, to }) => reached.get(roomOf(to))?.has(roomOf(from))))).toEqual([]);
});

test("few files lie loose at the top of lib", () => {
  const loose = readdirSync(join(projectRoot, "lib"), { withFileTypes: true }).filter((entry) => entry.isFile());
  const names = loose.map(({ name }) => name).filter((name) => name.endsWith(".ts"));
  expect(names.length, names.join(" ")).toBeLessThanOrEqual(10);
});

test("the first page is short", () => {
  const text = readFileSync(join(projectRoot, "README.md"));
  expect(text.byteLength).toBeLessThanOrEqual(12_288);
  expect(text.toString().split("\n").length).toBeLessThanOrEqual(200);
});
