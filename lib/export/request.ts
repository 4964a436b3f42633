import { jsonText } from "../format.ts";
import type { ExportFormat, ExportTarget } from "../settings/exports.ts";
import { renderOtlp } from "./otlp.ts";
import { renderPrometheus } from "./prometheus.ts";
import type { Push } from "./push.ts";
import type { Exporter, ExportRun } from "./run.ts";

/** Writes the numbers of one run as text, by format. */
export const exportRenderers: Readonly<Record<ExportFormat, (run: ExportRun, exporter: Exporter) => string>> = {
  prometheus: (run) => renderPrometheus([run], { timestamps: false }),
  "otlp-json": (run, exporter) => jsonText(renderOtlp([run], exporter), 0),
};

const text = { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" };
const zipped = { "Content-Encoding": "gzip" };

/** The request that brings runs to a target. Sources: the README of the Pushgateway, VictoriaMetrics' docs, the OTLP specification. */
export function exportRequest(
  target: ExportTarget & { readonly way: Exclude<ExportTarget["way"], "file"> },
  runs: readonly ExportRun[],
  exporter: Exporter,
): Push {
  const { address: url, headers } = target;
  switch (target.way) {
    case "pushgateway": {
      const body = new TextEncoder().encode(renderPrometheus(runs.slice(-1), { timestamps: false }));
      const ofGroup = { method: "PUT", url: groupUrl(url, exporter.name), headers: { ...headers, ...text } } as const;
      return { ...ofGroup, body, isTemporary };
    }
    case "import": {
      const labels = { job: "server-metrics", instance: exporter.name };
      const body = Bun.gzipSync(renderPrometheus(runs, { timestamps: true, labels }));
      return { method: "POST", url, headers: { ...headers, ...text, ...zipped }, body, isTemporary };
    }
    case "otlp": {
      const body = Bun.gzipSync(JSON.stringify(renderOtlp(runs, exporter)));
      const json = { "Content-Type": "application/json" };
      return {
        method: "POST",
        url,
        headers: { ...headers, ...json, ...zipped },
        body,
        isTemporary: isTemporaryForOtlp,
      };
    }
  }
}

const isTemporary = (status: number) => status >= 500 || status === 408 || status === 429;
const isTemporaryForOtlp = (status: number) => [429, 502, 503, 504].includes(status);

/** Gives each machine its own group, even when all share one settings file. */
function groupUrl(address: string, name: string): string {
  const url = new URL(address);
  if (/\/instance(@base64)?\//.test(url.pathname)) return address;
  // A slash would end the name, even when it is escaped.
  const instance = name.includes("/")
    ? `instance@base64/${new TextEncoder().encode(name).toBase64({ alphabet: "base64url" })}`
    : `instance/${encodeURIComponent(name)}`;
  url.pathname = `${url.pathname.replace(/\/$/, "")}/${instance}`;
  return url.href;
}
