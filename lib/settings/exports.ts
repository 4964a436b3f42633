import { isWebAddress } from "./types.ts";

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

/** A valid URL. For Prometheus text its path chooses the protocol. */
export const urlExpected: Readonly<Record<ExportFormat, string>> = {
  prometheus:
    "the URL of a Pushgateway, ending in /metrics/job/NAME, or of VictoriaMetrics, ending in /api/v1/import/prometheus",
  "otlp-json": "an http or https URL, ending in /v1/metrics",
};

/** The target behind a URL; null when no known receiver of this format has such a path. */
export function targetOf(format: ExportFormat, url: string, headers: ExportTarget["headers"]): ExportTarget | null {
  const way = wayOf(format, url);
  return way === null ? null : { format, way, address: url, headers };
}

/** How numbers get to a URL. */
export function wayOf(format: ExportFormat, url: string): "pushgateway" | "import" | "otlp" | null {
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
