import * as v from "valibot";

import { exportFormats, type ExportTarget, targetOf, urlExpected, wayOf } from "./exports.ts";
import { isWebAddress, type Meanings, oneOf, webAddress } from "./types.ts";

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
