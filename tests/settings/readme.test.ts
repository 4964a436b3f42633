import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { checkSettings } from "../../lib/settings/decide.ts";
import { projectRoot } from "../support/project.ts";

test.each(["README.md", "lib/settings/README.md", "lib/export/README.md"])("the settings in %s are valid", (page) => {
  const examples = readFileSync(join(projectRoot, page), "utf8").matchAll(/```toml\n(.*?)```/gs);
  const problems = [...examples].map(([, settings = ""]) =>
    checkSettings(Bun.TOML.parse(settings.replaceAll("…", "example.net/a")), page),
  );
  expect(problems).toEqual([[]]);
});
