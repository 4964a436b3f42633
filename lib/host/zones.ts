import { readFileSync } from "node:fs";

import { errorCode } from "../errors.ts";
import { type OffsetAt, parseZone } from "../proc/zoneinfo.ts";

/** Those of the IANA database that every build of it has. */
const plainName =
  /^(UTC|(Africa|America|Antarctica|Asia|Atlantic|Australia|Etc|Europe|Indian|Pacific)(\/[A-Za-z0-9_+-]+){1,2})$/;

const known = new Map<string, OffsetAt | null>();

const own = "/etc/localtime";

function zoneIn(path: string): OffsetAt | null {
  const found = known.get(path) ?? read(path);
  known.set(path, found);
  return found;
}

function read(path: string): OffsetAt | null {
  try {
    return parseZone(readFileSync(path));
  } catch (error) {
    // Without a file the C library takes UTC, too.
    return path === own && errorCode(error) === "ENOENT" ? () => 0 : null;
  }
}

/** The file of a zone; of the machine's own for null. */
function fileOf(timezone: string | null): string | null {
  const name = timezone ?? process.env["TZ"];
  if (name === undefined) return own;
  return plainName.test(name) ? `/usr/share/zoneinfo/${name}` : null;
}

/**
 * A zone's distance to UTC at a time, milliseconds; null where this machine's files do not say, and the runtime has to be
 * asked. That loads the zones of the world, which costs as much as a tenth to a fifth of a run.
 */
export function offsetMsOf(ms: number, timezone: string | null): number | null {
  const path = fileOf(timezone);
  const seconds = path === null ? null : (zoneIn(path)?.(Math.floor(ms / 1000)) ?? null);
  return seconds === null ? null : seconds * 1000;
}
