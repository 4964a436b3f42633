import { closeSync, constants, openSync, readSync } from "node:fs";
import { open } from "node:fs/promises";

import { withDeadline } from "../clock.ts";

type Encoding = "utf8" | "latin1";

const mib = 1024 ** 2;

/**
 * How much of a file is read, in bytes. No file that tells a number is larger than 1 MiB; the exceptions have a line of up
 * to 4 KiB for every mount, of which a host of containers has thousands, or one for every file of a package.
 */
const limitOf = (path: string) => (large.test(path) ? 16 * mib : mib);
const large = /\/(?:proc\/self\/mountinfo|lib\/dpkg\/(?:status|info\/[^/]+\.list)|lib\/apk\/db\/installed)$/;

const tooLarge = (limit: number) => new Error(`larger than ${limit / mib} MiB`);

/** Bytes per read call. /proc/sys refuses much larger ones (ENOMEM), because the kernel makes a copy of that size. */
const chunk = Buffer.allocUnsafe(64 * 1024);

/** The text of a file that the kernel makes up on the spot, or its begin up to a match. Throws when it is too large. */
export function readNow(path: string, encoding: Encoding, end?: RegExp): string {
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
      if (end?.test(chunk.toString(encoding, 0, count)) === true) return Buffer.concat(parts).toString(encoding);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Of a megabyte it takes a tenth of the time that a Buffer takes. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The text of a file behind which a device or a disk stands. Rejects when it is too large. */
export async function readSoon(path: string, encoding: Encoding): Promise<string> {
  const limit = limitOf(path);
  const bytes = await Bun.file(path)
    .slice(0, limit + 1)
    .bytes();
  if (bytes.length > limit) throw tooLarge(limit);
  return encoding === "utf8" ? decoder.decode(bytes) : Buffer.from(bytes.buffer).toString("latin1");
}

/** A disk that has to start first takes some seconds; a server that is gone takes for ever. */
const patienceMs = 15_000;

/**
 * The text of a file of the owner's, such as the settings. Asked for in the background, because a server that does not
 * answer would hold up the one thread and every deadline with it. Rejects with an error whose `code` says why; without
 * one it was too late.
 */
export function readOwn(path: string): Promise<string> {
  return withDeadline(readRegular(path), patienceMs, "no answer");
}

async function readRegular(path: string): Promise<string> {
  // A FIFO without a writer would not open.
  await using handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const facts = await handle.stat();
  if (facts.isDirectory()) throw withCode("EISDIR");
  if (!facts.isFile()) throw withCode("ENOTSUP");
  if (facts.size > mib) throw withCode("EFBIG");
  return await handle.readFile("utf8");
}

const withCode = (code: string) => Object.assign(new Error(code), { code });
