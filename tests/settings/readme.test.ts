import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { checkSettings } from "../../lib/settings/config.ts";
import { projectRoot } from "../support/project.ts";

const readme = readFileSync(join(projectRoot, "lib/settings/README.md"), "utf8");
const [, example = ""] = /```toml\n(.*?)```/s.exec(readme) ?? [];

test("the settings in the README are valid", () => {
  expect(checkSettings(Bun.TOML.parse(example.replaceAll("…", "example.net/a")), "README.md")).toEqual([]);
});
