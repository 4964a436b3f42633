import { closeSync, openSync, readSync } from "node:fs";

type Encoding = "utf8" | "latin1";

const mib = 1024 ** 2;

/**
 * How much of a file is read, in bytes. No file that tells a number is larger than 1 MiB; the one exception has a line of
 * up to 4 KiB for every mount, and a host of containers has thousands.
 */
const limitOf = (path: string) => (path.endsWith("/proc/self/mountinfo") ? 16 * mib : mib);

const tooLarge = (limit: number) => new Error(`larger than ${limit / mib} MiB`);

/** What one call asks for. Much more than that /proc/sys refuses (ENOMEM), because the kernel makes a copy of that size. */
const chunk = Buffer.allocUnsafe(64 * 1024);

/** The text of a file that the kernel makes up on the spot. Throws when it is too large. */
export function readNow(path: string, encoding: Encoding): string {
  const limit = limitOf(path);
  const descriptor = openSync(path, "r");
  try {
    const parts: Buffer[] = [];
    for (let left = limit; ;) {
      const count = readSync(descriptor, chunk, 0, chunk.length, null);
      if (count === 0) return Buffer.concat(parts).toString(encoding);
      left -= count;
      if (left < 0) throw tooLarge(limit);
      parts.push(Buffer.from(chunk.subarray(0, count)));
    }
  } finally {
    closeSync(descriptor);
  }
}

/** The text of a file behind which a device or a disk stands. Rejects when it is too large. */
export async function readSoon(path: string, encoding: Encoding): Promise<string> {
  const limit = limitOf(path);
  const bytes = Buffer.from(
    await Bun.file(path)
      .slice(0, limit + 1)
      .arrayBuffer(),
  );
  if (bytes.length > limit) throw tooLarge(limit);
  return bytes.toString(encoding);
}
