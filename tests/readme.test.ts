import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { commandNames, options } from "../lib/cli/commands.ts";
import { metricNames } from "../lib/metrics/index.ts";
import packageJson from "../package.json";
import { projectRoot } from "./support/project.ts";

const pages = ["README.md", ...new Bun.Glob("{lib,tests,.github}/**/*.md").scanSync({ cwd: projectRoot, dot: true })];
const textOf = (page: string) => readFileSync(join(projectRoot, page), "utf8");

/** The names that GitHub gives to the headings of a page, for links into it. */
function anchorsOf(page: string): readonly string[] {
  const headings = textOf(page).matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** Whether a link of a page leads to something in this repository. */
function leadsSomewhere(page: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : join(dirname(page), path);
  if (!existsSync(join(projectRoot, target))) return false;
  return anchor === undefined || anchorsOf(target).includes(anchor);
}

test.each(pages.toSorted())("every link in %s leads somewhere", (page) => {
  const links = [...textOf(page).matchAll(/(?:\]\(|(?:src|href)=")([^)"\s]+)[)"]/g)].map(([, link = ""]) => link);
  const local = links.filter((link) => !/^https?:/.test(link));
  expect(local.filter((link) => !leadsSomewhere(page, link))).toEqual([]);
});

const rooms = readdirSync(join(projectRoot, "lib"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

test.each(rooms)("lib/%s has a README, and the map leads to it", (room) => {
  expect(pages).toContain(`lib/${room}/README.md`);
  expect(textOf("lib/README.md")).toContain(`](${room}/README.md)`);
});

test("every npm script that a page names is there", () => {
  const named = pages.flatMap((page) => [...textOf(page).matchAll(/npm run (\w+)/g)].map(([, script = ""]) => script));
  expect(named.filter((script) => !(script in packageJson.scripts))).toEqual([]);
});

test("lib/metrics/README.md says of every metric where it comes from", () => {
  const rows = [...textOf("lib/metrics/README.md").matchAll(/^\| `(\w+)` /gm)].map(([, name = ""]) => name);
  expect(rows).toEqual([...metricNames]);
});

const frontPage = textOf("README.md");

test("the front page names the commands and options that there are", () => {
  const [, block = ""] = /^## Commands\n\n```\n(.*?)```/ms.exec(frontPage) ?? [];
  const named = [...block.matchAll(/^server-metrics ([a-z][a-z-]+)|; ([a-z-]+) removes/gm)].map(
    ([, first, second]) => first ?? second ?? "",
  );
  expect(named.toSorted()).toEqual(commandNames.filter((name) => name !== "report").toSorted());
  const known = new Set(Object.values(options).flatMap(({ usage }) => usage.match(/--[a-z-]+/g) ?? []));
  expect((block.match(/--[a-z-]+/g) ?? []).filter((option) => !known.has(option))).toEqual([]);
});

test("each error on the front page is one that the program, the shell or the loader has", () => {
  const [, section = ""] = /^## When no card comes\n(.*?)^## /ms.exec(frontPage) ?? [];
  const cells = section.split("\n").flatMap((line) => (line.startsWith("| `") ? (line.split("|")[1] ?? "") : []));
  const errors = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text));
  expect(cells).toHaveLength(8);
  const all = textOf("lib/commands/README.md");
  expect(errors.filter((text) => !all.includes(text))).toEqual([]);
});

test("every source file that a page names is there", () => {
  const files = new Set(
    [...new Bun.Glob("{lib,tests}/**/*.{ts,sh,yml,json,tsv}").scanSync(projectRoot)].flatMap((file) => [
      file,
      basename(file),
    ]),
  );
  const named = pages.flatMap((page) =>
    [...textOf(page).matchAll(/`(?:[a-z]+\/)*([a-z]\w*\.(?:ts|yml|tsv))`/g)].map(([, file = ""]) => ({ page, file })),
  );
  expect(named.filter(({ file }) => !files.has(file))).toEqual([]);
});

/** What is the same in every language: what is to be typed, the settings, the errors, and the parts of the page. */
function commandsOf(page: string) {
  const text = textOf(page);
  const blocks = Array.from(text.matchAll(/^```(\w*)\n(.*?)^```/gms), ([, kind = "", block = ""]) => ({ kind, block }));
  const lines = (block: string, end: RegExp) => block.split("\n").map((line) => line.replace(end, ""));
  return {
    typed: blocks.filter(({ kind }) => kind !== "").flatMap(({ block }) => lines(block, / +#.*$/)),
    commands: blocks.filter(({ kind }) => kind === "").flatMap(({ block }) => lines(block, /(?<=\S)  .*$/)),
    options: new Set(Array.from(text.matchAll(/(?<![-\w])--[a-z][\w-]+/g), ([option]) => option)),
    errors: Array.from(text.matchAll(/^\| (`[^|]*?) *\|/gm), ([, error]) => error),
    pictures: Array.from(text.matchAll(/src="(?:\.github\/)?([^"]+)"/g), ([, picture = ""]) =>
      picture.replace("-ja.", "."),
    ),
    parts: text.split(/^## /m).length,
  };
}

test("the front page in Japanese has the commands, settings, errors and parts of the English one, which links to it", () => {
  expect(commandsOf(".github/README.ja.md")).toEqual(commandsOf("README.md"));
  expect(frontPage.split("\n")[2]).toContain("](.github/README.ja.md)");
});

test("each test that tests/faults/README.md names is there", () => {
  const rows = [
    ...textOf("tests/faults/README.md").matchAll(/^\| .* \| \[.*\]\(\.\.\/(.*\.test\.ts)\) +\| (.*?) +\|$/gm),
  ];
  expect(rows.length).toBeGreaterThan(50);
  const missing = rows.filter(([, file = "", title = ""]) => !textOf(join("tests", file)).includes(title));
  expect(missing.map(([row]) => row)).toEqual([]);
});
