/** A probe as it stands in the settings. */
export interface ProbeSettings {
  readonly name: string;
  readonly run?: readonly string[];
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly file?: string;
  readonly take?: string;
  readonly unit?: string;
  readonly warning?: number;
  readonly critical?: number;
  readonly every?: string;
}

/** A table of the settings. */
export type Table =
  | { readonly kind: "service"; readonly values: { readonly unit: string } }
  | { readonly kind: "http"; readonly values: { readonly url: string; readonly name: string } }
  | { readonly kind: "tcp"; readonly values: { readonly host: string; readonly port: number; readonly name: string } }
  | { readonly kind: "probe"; readonly values: ProbeSettings };

/** Its text, without a line at the end. A text of JSON is one of TOML. */
export function asToml({ kind, values }: Table): string {
  const lines = Object.entries(values).map(([name, value]) => `${name} = ${valueText(value)}`);
  return [`[[${kind}]]`, ...lines].join("\n");
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value).replace(unseen, escaped);
  const pairs = Object.entries(value).map(([name, one]) => `${JSON.stringify(name)} = ${valueText(one)}`);
  return `{ ${pairs.join(", ")} }`;
}

/** What JSON leaves as it is and TOML forbids, and what no one would see. */
const unseen = /[\u007F\p{Cf}\p{Zl}\p{Zp}]/gu;
const escaped = (letter: string) => `\\U${(letter.codePointAt(0) ?? 0).toString(16).padStart(8, "0")}`;

/** A text of settings with more at its end. */
export function withTables(text: string, more: readonly string[]): string {
  const start = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  return `${start}${start === "" ? "" : "\n"}${more.join("\n\n")}\n`;
}
