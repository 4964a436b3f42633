/** One sample of Prometheus' text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Milliseconds since the epoch; null where the line has no time. */
  readonly atMs: number | null;
}

/**
 * The samples of a text in Prometheus' format; throws for a line that is none. Source:
 * prometheus.io/docs/instrumenting/exposition_formats.
 */
export function samplesIn(text: string): readonly Sample[] {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return lines.map((line) => {
    const parts = /^([a-zA-Z_:][\w:]*)(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})? (\S+)(?: (\d+))?$/.exec(line);
    if (parts === null) throw new Error(`not a sample: ${line}`);
    const [, name = "", labels = "", value, time] = parts;
    return { name, labels: labelsIn(labels), value: Number(value), atMs: time === undefined ? null : Number(time) };
  });
}

const escaped: Readonly<Record<string, string>> = { n: "\n", '"': '"', "\\": "\\" };

function labelsIn(text: string): Sample["labels"] {
  const pairs = text.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g);
  return Object.fromEntries(
    [...pairs].map(([, label = "", value = ""]) => [
      label,
      value.replace(/\\(.)/g, (_, one: string) => escaped[one] ?? one),
    ]),
  );
}
