import { printable } from "../format.ts";
import type { Labels } from "../model/observation.ts";
import { type BaseNumber, type ExportName, type ExportRun, inBaseUnits } from "./run.ts";

/** In a textfile another program's name would silently take the place of that program's own number. */
const prefix = "server_metrics_";

/** The Prometheus name of an observation. Throws for one that engines do not get. */
export function seriesName(name: ExportName): string {
  const number = inBaseUnits({ name, labels: {}, value: 1 });
  if (number === null) throw new Error(`no engine sees ${name}`);
  return prefix + number.name;
}

/** Options for different readers of the same runs. */
export interface PrometheusOptions {
  /** For readers that do not add their own time. */
  readonly timestamps: boolean;
  /** Added to each number, for a reader that does not know where it comes from. */
  readonly labels?: Labels;
}

/**
 * Runs in Prometheus' text format, version 0.0.4: names of our own prefix, HELP and TYPE once, all numbers of a name
 * together. Source: prometheus.io/docs/instrumenting/exposition_formats. Empty for no runs.
 */
export function renderPrometheus(runs: readonly ExportRun[], { timestamps, labels = {} }: PrometheusOptions): string {
  const families = new Map<string, { readonly head: string; readonly lines: Map<string, string> }>();
  for (const { atMs, observations } of runs) {
    const time = timestamps ? ` ${atMs}` : "";
    for (const observation of observations) {
      const number = inBaseUnits(observation);
      if (number === null) continue;
      const name = prefix + number.name;
      const family = families.get(name) ?? { head: headOf(name, number), lines: new Map<string, string>() };
      families.set(name, family);
      const series = `${name}${writeLabels({ ...number.labels, ...labels })}`;
      // One that is there twice would cost the reader all of them.
      family.lines.set(series + time, `${series} ${number.value}${time}\n`);
    }
  }
  return [...families.values()].map(({ head, lines }) => head + [...lines.values()].join("")).join("");
}

function headOf(name: string, { definition }: BaseNumber): string {
  const help = definition.help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  return `# HELP ${name} ${help}\n# TYPE ${name} ${definition.type}\n`;
}

function writeLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escape(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escape(value: string): string {
  const lines = value.toWellFormed().replaceAll("\\", "\\\\").replaceAll('"', '\\"').split("\n");
  // The format has no escape for what could act on a terminal.
  return lines.map(printable).join("\\n");
}
