import { deflateRawSync, inflateRawSync } from "node:zlib";

import * as v from "valibot";

/** Lines of facts by kind. */
export type Lines = Readonly<Record<string, string>>;

const Lines = v.record(v.string(), v.string());

export const pack = (lines: Lines): string => deflateRawSync(JSON.stringify(lines)).toString("base64");

/** The inverse; nothing where it is damaged. */
export function unpack(packed: string): Lines {
  try {
    return v.parse(Lines, JSON.parse(inflateRawSync(Buffer.from(packed, "base64")).toString()));
  } catch {
    return {};
  }
}
