import * as v from "valibot";

import { isWebAddress, type Meanings, oneOf, webAddress } from "./types.ts";

/** The format of an export. */
export const exportFormats = ["prometheus", "otlp-json"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** The target of an export. */
export interface ExportTarget {
  readonly format: ExportFormat;
  /**
   * - `file`: replaced in each run.
   * - `pushgateway`: keeps the latest numbers of a group.
   * - `import`: VictoriaMetrics or vmagent, which take the past, too.
   * - `otlp`: an OpenTelemetry collector.
   */
  readonly way: "file" | "pushgateway" | "import" | "otlp";
  /** A path, or a URL, which may hold secrets. */
  readonly address: string;
  /** Sent along, for who must say who they are. Secrets. */
  readonly headers: Readonly<Record<string, string>>;
}

const fileExpected = "an absolute path";
const headersExpected = 'a table such as { Authorization = "Bearer …" }, of printable characters';

/** HTTP headers, as settings have them. */
export const httpHeaders = v.optional(
  v.pipe(
    v.unknown(),
    // To valibot a list is a record of its places.
    v.check((headers) => !Array.isArray(headers), headersExpected),
    v.record(
      v.pipe(v.string(), v.regex(/^[\w!#$%&'*+.^`|~-]+$/, headersExpected)),
      v.pipe(v.string(headersExpected), v.regex(/^[\x20-\x7e]*$/, headersExpected)),
      headersExpected,
    ),
  ),
  {},
);

/** The entries of an `[[export]]` table. */
export const exportTable = {
  format: v.optional(oneOf(exportFormats), "prometheus"),
  file: v.optional(v.pipe(v.string(fileExpected), v.startsWith("/", fileExpected))),
  url: v.optional(webAddress()),
  headers: httpHeaders,
};

/** Meanings of the settings in `[[export]]`. */
export const exportMeanings: Meanings<typeof exportTable> = {
  format: { meaning: "how the numbers are written" },
  file: { meaning: "the file that is replaced in each run", default: "none: either this or `url`" },
  url: {
    meaning: "a Pushgateway, VictoriaMetrics, or OpenTelemetry collector that gets them; a secret",
    default: "none: either this or `file`",
  },
  headers: { meaning: "HTTP headers that go with the request; secrets" },
};

/** A valid URL. For Prometheus text its path chooses the protocol. */
export const urlExpected: Readonly<Record<ExportFormat, string>> = {
  prometheus:
    "the URL of a Pushgateway, ending in /metrics/job/NAME, or of VictoriaMetrics, ending in /api/v1/import/prometheus",
  "otlp-json": "an http or https URL, ending in /v1/metrics",
};

const entry = v.pipe(
  v.strictObject(exportTable, "[[export]] tables"),
  v.check(({ file, url }) => (file === undefined) !== (url === undefined), "either a file or a url"),
  v.check(
    ({ format, url }) => url === undefined || !isWebAddress(url) || wayOf(format, url) !== null,
    urlExpected.prometheus,
  ),
);

/** The settings of the exports, as they stand in a file. */
export const exportEntries = { export: v.array(entry, "[[export]] tables") };

const Exports = v.partial(v.object(exportEntries));

/** The exports, decided. */
export function decideExports({ export: all = [] }: v.InferOutput<typeof Exports>): readonly ExportTarget[] {
  return all.flatMap(({ format, file, url, headers }) => {
    if (file !== undefined) return { format, way: "file", address: file, headers: {} } as const;
    return url === undefined ? [] : (targetOf(format, url, headers) ?? []);
  });
}

/** The target behind a URL; null when no known receiver of this format has such a path. */
export function targetOf(format: ExportFormat, url: string, headers: ExportTarget["headers"]): ExportTarget | null {
  const way = wayOf(format, url);
  return way === null ? null : { format, way, address: url, headers };
}

function wayOf(format: ExportFormat, url: string): "pushgateway" | "import" | "otlp" | null {
  if (!isWebAddress(url)) return null;
  if (format === "otlp-json") return "otlp";
  const { pathname } = new URL(url);
  if (/\/metrics\/job(@base64)?\/[^/]/.test(pathname)) return "pushgateway";
  return /\/api\/v1\/import\/prometheus\/?$/.test(pathname) ? "import" : null;
}

/** The shown name of a target: its path or host, because the rest of a URL may be secret. */
export function nameOfTarget({ way, address }: ExportTarget): string {
  return way === "file" ? address : new URL(address).host;
}
