import { parseZoneRule } from "./zoneRule.ts";

/** A zone's distance to UTC at a time, both in seconds; null where the file does not say. */
export type OffsetAt = (seconds: number) => number | null;

const headerSize = 44;

/**
 * Reads a compiled zone, as /etc/localtime is one. Source: RFC 9636, the data block with 64-bit times, and the rule for
 * the time after its last transition, which many systems let begin today. Null for what is none, and for one that counts
 * leap seconds.
 */
export function parseZone(bytes: Uint8Array): OffsetAt | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const first = headerAt(view, 0);
    return first === null ? null : readBlock(view, first.end);
  } catch (error) {
    // It is cut off.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function headerAt(view: DataView, at: number) {
  const [magic, version] = [view.getUint32(at), view.getUint8(at + 4)];
  // "TZif", and a version that has the second block.
  if (magic !== 0x54_5a_69_66 || version < 0x32) return null;
  const [utc = 0, standard = 0, leaps = 0, times = 0, types = 0, letters = 0] = [20, 24, 28, 32, 36, 40].map((field) =>
    view.getUint32(at + field),
  );
  const end = at + headerSize + times * 5 + types * 6 + letters + leaps * 8 + standard + utc;
  return { leaps, times, types, end, rest: letters + standard + utc };
}

function readBlock(view: DataView, at: number): OffsetAt | null {
  const header = headerAt(view, at);
  if (header === null || header.leaps > 0) return null;
  const { times, types, rest } = header;
  const start = at + headerSize;
  const timeAt = (index: number) => view.getInt32(start + index * 8) * 2 ** 32 + view.getUint32(start + index * 8 + 4);
  const offsetOf = (type: number) => view.getInt32(start + times * 9 + type * 6);
  const typeAt = (index: number) => (index < 0 ? 0 : view.getUint8(start + times * 8 + index));
  const footer = start + times * 9 + types * 6 + rest;
  const text = new TextDecoder().decode(
    new Uint8Array(view.buffer, view.byteOffset + footer, view.byteLength - footer),
  );
  // What is read later must be there.
  offsetOf(types - 1);
  let rule: OffsetAt | null = null;
  return (seconds) => {
    let [low, high] = [0, times];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (timeAt(middle) <= seconds) low = middle + 1;
      else high = middle;
    }
    return low < times
      ? offsetOf(typeAt(low - 1))
      : (rule ??= ruleIn(text.trim(), offsetOf(typeAt(times - 1))))(seconds);
  };
}

/** Without a rule nothing changes any more. */
function ruleIn(text: string, last: number): OffsetAt {
  return text === "" ? () => last : (parseZoneRule(text) ?? (() => null));
}
