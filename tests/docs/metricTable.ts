import { readFileSync } from "node:fs";

import { type MetricName, metricNames, metrics } from "../../lib/metrics/index.ts";
import { en } from "../../lib/words/en.ts";
import { projectRoot } from "../support/project.ts";
import { type Table, table } from "./table.ts";

/** Every metric, with the two comments in its file: what it is, and where it comes from. */
export function metricTable(): Table {
  return table(
    ["metric", "what it is", "source"],
    metricNames.map((name) => {
      const text = readFileSync(`${projectRoot}/lib/metrics/${name}.ts`, "utf8");
      return [`[${metrics[name].title(en)}](${name}.ts)`, meaningIn(text, name), sourceIn(text, name)];
    }),
  );
}

/** Of the comment above the metric. */
function meaningIn(text: string, name: MetricName): string {
  const [, comment] = new RegExp(`/\\*\\*((?:(?!\\*/).)*)\\*/\\nexport const ${name}\\b`, "s").exec(text) ?? [];
  return found(comment, `lib/metrics/${name}.ts: no comment above the metric says what it is`);
}

/** What follows "Source:" in a comment, to its end. */
function sourceIn(text: string, name: MetricName): string {
  const [, comment] = /\bSources?:((?:(?!\*\/).)*)\*\//s.exec(text) ?? [];
  return found(comment, `lib/metrics/${name}.ts: no comment says "Source: …"`);
}

function found(comment: string | undefined, otherwise: string): string {
  if (comment === undefined) throw new Error(otherwise);
  return comment
    .replaceAll(/\n \* ?/g, " ")
    .trim()
    .replace(/\.$/, "");
}
