import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { inBaseUnits, ownDefinitions } from "../../lib/export/run.ts";
import { definitions } from "../../lib/metrics/definitions.ts";
import { projectRoot } from "../support/project.ts";

const updating = process.env["UPDATE_GOLDEN"] === "1" && !process.env["CI"];

/** A line of lib/export/README.md for every name that an engine can see. */
function table(): readonly string[] {
  const names = [...definitions.keys(), ...Object.keys(ownDefinitions)];
  const rows = names.flatMap((name) => {
    const number = inBaseUnits({ name, labels: {}, value: 1 });
    if (number === null) return [];
    const { otlp, type, help } = number.definition;
    const attributes = Object.values(otlp?.attributes ?? {}).map((value) => ` ${value}`);
    const semantic = otlp === undefined ? "" : `\`${otlp.name}\`${attributes.join("")}`;
    return [`| \`server_metrics_${number.name}\` | ${type} | ${semantic} | ${help} |`];
  });
  return ["| Prometheus | Type | OTLP | Meaning |", "| --- | --- | --- | --- |", ...rows];
}

const inReadme = /(<!-- docs: names -->\n\n)([^<]*)(\n*<!-- \/docs -->)/;
const cells = (line: string) => line.replace(/ +/g, " ").replace(/-+/g, "-");

test("the README has every name that an engine can see", () => {
  const file = join(projectRoot, "lib/export/README.md");
  const readme = readFileSync(file, "utf8");
  if (updating)
    writeFileSync(
      file,
      readme.replace(inReadme, (_, before: string, _old, after: string) => `${before}${table().join("\n")}\n${after}`),
    );
  const written = inReadme.exec(readFileSync(file, "utf8"))?.[2]?.trim().split("\n") ?? [];
  expect(written.map(cells)).toEqual(table().map(cells));
});
