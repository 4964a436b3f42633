/*
 * The only place where text of the machine becomes a number, and two numbers become a share. A number that cannot be
 * true is null, which means not known; lint keeps every other way of making one out of this folder and its readers.
 */

/**
 * What is above is a negative number that was printed as an unsigned one, such as the -1 that stands for "unknown". The
 * bound itself is allowed: 2^63 - 1 is how the kernel writes "no limit", and it is rounded up to this.
 */
const most = 2 ** 63;

const within = (value: number) => (value <= most ? value : null);

/** A whole number: digits and nothing else. */
export function parseCount(text: string | null | undefined): number | null {
  return /^\d{1,19}$/.test(text ?? "") ? within(Number(text)) : null;
}

/** A number with or without decimals, such as those of /proc/loadavg and /proc/uptime. */
export function parseDecimal(text: string | null | undefined): number | null {
  return /^\d{1,19}(?:\.\d+)?$/.test(text ?? "") ? within(Number(text)) : null;
}

/** A number with or without decimals, of 100 at most. */
export function parsePercent(text: string | null | undefined): number | null {
  const value = parseDecimal(text);
  return value === null || value > 100 ? null : value;
}

/** A whole number that may be negative, such as millidegrees. */
export function parseSigned(text: string | null | undefined): number | null {
  return /^-?\d{1,19}$/.test(text ?? "") ? Number(text) : null;
}

/** 1 or 0 for yes or no, as files of /sys have it. */
export function parseFlag(text: string | null | undefined): number | null {
  return /^[01]\s*$/.test(text ?? "") ? parseCount(text?.trim()) : null;
}

/** All of the fields as whole numbers; null when one of them is none. */
export function parseCounts(fields: readonly string[]): readonly number[] | null {
  const counts = fields.map(parseCount);
  return counts.every((count) => count !== null) ? counts : null;
}

/** The byte that three octal digits stand for. */
export function parseOctal(digits: string): number {
  return Number.parseInt(digits, 8);
}

/** The number that a hexadecimal digit stands for. */
export function parseHexDigit(digit: string): number {
  return Number.parseInt(digit, 16);
}

/** A number of statfs(2). The runtime hands 64 bits over as signed, so that all ones arrive as -1. */
export function fromBigint(value: bigint): number {
  return Number(value);
}

/** A number that must be neither negative nor above the largest count; otherwise null. */
export function knownCount(value: number): number | null {
  return value >= 0 ? within(value) : null;
}

/** A size, which may be above the largest count: a file system made of 2^63 blocks is. Null when it is negative. */
export function knownSize(value: number): number | null {
  return value >= 0 && Number.isFinite(value) ? value : null;
}

/**
 * `part` in percent of `whole`; null unless 0 ≤ part ≤ whole and whole > 0. Multiplied before it is divided: 12 of 40 is
 * 30 %, and a hair more would be rounded up to 31.
 */
export function sharePercent(part: number, whole: number): number | null {
  const isKnown = part >= 0 && part <= whole && whole > 0 && Number.isFinite(whole);
  return isKnown ? Math.min(100, (part * 100) / whole) : null;
}

/** A whole number in hexadecimal digits, up to 32 bits. */
export function parseHex(text: string | null | undefined): number | null {
  return /^[\dA-Fa-f]{1,8}$/.test(text ?? "") ? Number.parseInt(text ?? "", 16) : null;
}
