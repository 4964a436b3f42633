import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import packageJson from "../package.json";
import { projectRoot } from "./support/project.ts";

const packages = Object.entries({ ...packageJson.dependencies, ...packageJson.devDependencies });

const readmes = ["README.md", ...new Bun.Glob("{lib,tests}/**/README.md").scanSync(projectRoot)]
  .map((file) => readFileSync(join(projectRoot, file), "utf8"))
  .join("\n");

test("every package has an exact version, and a README that names it", () => {
  expect(packages.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  expect(packages.map(([name]) => name).filter((name) => !readmes.includes(`\`${name}\``))).toEqual([]);
});

test("the lock file names no host to download from", () => {
  expect(readFileSync(join(projectRoot, "package-lock.json"), "utf8")).not.toContain('"resolved"');
});
