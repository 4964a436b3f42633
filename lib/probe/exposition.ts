import type { Labels } from "../model/observation.ts";

const labelPair = /([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*,?\s*/y;
const selector = /^([a-zA-Z_:][\w:]*)\s*(?:\{(.*)\})?$/s;

/** A metric's name and some of its labels, as `take` has them: `pg_up{server="main"}`. */
export interface Selector {
  readonly name: string;
  readonly labels: Labels;
}

/** Reads a selector; null for any other text. */
export function parseSelector(text: string): Selector | null {
  const [, name, inside = ""] = selector.exec(text.trim()) ?? [];
  if (name === undefined) return null;
  const labels = parseLabels(inside.trim());
  return labels === null ? null : { name, labels };
}

function parseLabels(text: string): Labels | null {
  const labels: Record<string, string> = {};
  let at = 0;
  while (at < text.length) {
    labelPair.lastIndex = at;
    const [whole, name = "", value = ""] = labelPair.exec(text) ?? [];
    if (whole === undefined) return null;
    labels[name] = value.replace(/\\(.)/gs, (_, letter: string) => (letter === "n" ? "\n" : letter));
    at += whole.length;
  }
  return labels;
}

/** A sample's line: name, labels, value, and perhaps a time. */
const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?[ \t]+([^\s#]+)(?:[ \t]|$)/;

/**
 * The samples of a page that have this name and these labels, in the order of the page. Source:
 * prometheus.io/docs/instrumenting/exposition_formats.
 */
export function samplesOf(page: string, { name, labels }: Selector): readonly number[] {
  const found: number[] = [];
  for (const line of page.split("\n")) {
    if (!line.startsWith(name)) continue;
    const [, own, inside = "", value = ""] = sample.exec(line) ?? [];
    const all = own === name ? parseLabels(inside.trim()) : null;
    if (all !== null && Object.entries(labels).every(([label, text]) => all[label] === text)) found.push(Number(value));
  }
  return found;
}
