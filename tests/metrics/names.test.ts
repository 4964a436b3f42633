import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";

import { definitions } from "../../lib/metrics/index.ts";
import { checkout } from "../support/checkout.ts";
import { run } from "../support/project.ts";

/** A text that is an observation's name, or the key of one. */
const written = new RegExp(`(?<=["'\`])(${[...definitions.keys()].join("|")})(?=["'\`{])`, "g");

/** The state keeps a number under the same name; its names are checked by a union of their own. */
const isStates = (file: string, name: string) => /^lib\/(state|deliver)\//.test(file) && name === "clock_off_seconds";

test("an observation's name that is misspelt does not compile, wherever it stands", async () => {
  using project = checkout();
  const misspelt: string[] = [];
  for (const path of new Bun.Glob("**/*.ts").scanSync(project.at("lib"))) {
    const file = `lib/${path}`;
    const text = readFileSync(project.at(file), "utf8");
    const lines = text.split("\n").map((line, index) => {
      const isComment = /^ *(\/\*\*|\*|\/\/)/.test(line);
      const changed = isComment ? line : line.replace(written, (name) => (isStates(file, name) ? name : `${name}_x`));
      if (changed !== line) misspelt.push(`${file}:${index + 1}`);
      return changed;
    });
    writeFileSync(project.at(file), lines.join("\n"));
  }
  expect(misspelt.length).toBeGreaterThan(60);
  const { stdout, stderr } = await run([process.execPath, "check", "--no-script"], { cwd: project.at() });
  const errors = (stdout + stderr).matchAll(/(lib\/[\w/]+\.ts)\((\d+),/g);
  const found = new Set(Array.from(errors, ([, file, line]) => `${file}:${line}`));
  // Within a metric the compiler names the function that has the name in it.
  const missed = misspelt.filter((place) => !found.has(place) && !place.startsWith("lib/metrics/"));
  expect(missed).toEqual([]);
  const files = new Set(Array.from(found, (place) => place.replace(/:\d+$/, "")));
  expect(misspelt.filter((place) => !files.has(place.replace(/:\d+$/, "")))).toEqual([]);
});
