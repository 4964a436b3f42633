import type { ProbeNumber } from "../model/probe.ts";
import { parseRange, scaled } from "./limit.ts";
import { unitOf } from "./unit.ts";

/** What a plugin printed: the first line is its text, numbers stand behind `|`, in the lines after it as well. */
export interface PluginOutput {
  readonly text: string;
  readonly numbers: readonly ProbeNumber[];
}

/** More than a card has room for, and than a history is worth. */
const mostNumbers = 32;
const longestLabel = 80;

/**
 * Reads what a plugin prints: `TEXT | PERFDATA`, then lines of long text, and behind a second `|` more perfdata. Source:
 * monitoring-plugins.org/doc/guidelines.html, and the plugin API of Nagios for several lines.
 */
export function parsePlugin(output: string): PluginOutput {
  const [first = "", ...rest] = output.trim().split("\n");
  const [text, data] = cut(first);
  const [, more] = cut(rest.join("\n"));
  return { text: text.trim(), numbers: parsePerfdata(`${data} ${more}`) };
}

function cut(line: string): readonly [text: string, data: string] {
  const bar = line.indexOf("|");
  return bar === -1 ? [line, ""] : [line.slice(0, bar), line.slice(bar + 1)];
}

/** `'label'=value[UOM];[warn];[crit];[min];[max]`, a quote in the label is written twice. */
const item = /(?:'((?:[^']|''){1,200})'|([^\s=']{1,200}))=([^\s;]*)((?:;[^\s;]*)*)/g;
const numeral = /^([-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)([^\d\s]*)$/;

/** The numbers of perfdata; what is not known (`U`), infinite, or in an unknown form is left out. */
function parsePerfdata(text: string): readonly ProbeNumber[] {
  const numbers = new Map<string, ProbeNumber>();
  for (const [, quoted, bare = "", written = "", more = ""] of text.matchAll(item)) {
    const label = (quoted?.replaceAll("''", "'") ?? bare).slice(0, longestLabel);
    const [, digits, name = ""] = numeral.exec(written) ?? [];
    // One of an unknown unit is a plain number.
    const { uom, factor } = unitOf(name) ?? { uom: null, factor: 1 };
    const value = Number(digits ?? Number.NaN) * factor;
    if (!Number.isFinite(value) || numbers.has(label)) continue;
    const [, warning = "", critical = ""] = more.split(";");
    const limit = (range: string) => scaled(parseRange(range), factor);
    numbers.set(label, { label, value, uom, warning: limit(warning), critical: limit(critical) });
    if (numbers.size === mostNumbers) break;
  }
  return [...numbers.values()];
}
