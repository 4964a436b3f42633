import type { Random } from "./random.ts";

/** What stands in place of a file. Texts have one character a byte. */
export type Mutated = string | { readonly instead: "directory" | "loop" | "nothing" };

/** One way to damage a file. */
export interface Mutator {
  readonly name: string;
  /** It only takes something away: then nothing may look worse than before, and no number may become 0. */
  readonly loses: boolean;
  readonly mutate: (text: string, random: Random) => Mutated;
}

const numbers = /(?<![\w.-])\d+(?:\.\d+)?(?!\w)/g;

/** Replaces one number of the text, or all of them. */
const number =
  (replace: (was: string, random: Random) => string): Mutator["mutate"] =>
  (text, random) => {
    const count = text.match(numbers)?.length ?? 0;
    const all = random.next() < 0.3;
    const chosen = random.below(Math.max(1, count));
    let index = -1;
    return text.replace(numbers, (was) => {
      index += 1;
      return all || index === chosen ? replace(was, random) : was;
    });
  };

const lines =
  (change: (all: string[], random: Random) => readonly string[]): Mutator["mutate"] =>
  (text, random) =>
    change(text.split(/(?<=\n)/), random).join("");

/** Changes the words of one line. */
const words = (change: (all: string[], random: Random) => readonly string[]) =>
  lines((all, random) => {
    const chosen = random.below(Math.max(1, all.length));
    return all.map((line, index) => {
      if (index !== chosen) return line;
      const end = line.endsWith("\n") ? "\n" : "";
      return change(line.trimEnd().split(" "), random).join(" ") + end;
    });
  });

const without = <T>(all: readonly T[], random: Random) => {
  const dropped = random.below(Math.max(1, all.length));
  return all.filter((_, index) => index !== dropped);
};

function shuffle<T>(all: readonly T[], random: Random): readonly T[] {
  return all
    .map((one) => ({ one, key: random.next() }))
    .toSorted((one, other) => one.key - other.key)
    .map(({ one }) => one);
}

/** The kernel's word for "unknown", and neighbours of the largest numbers that there are. */
const edges = "18446744073709551615 9223372036854775807 9223372036854775808 4294967295 2147483648".split(" ");

const losing: Readonly<Record<string, Mutator["mutate"]>> = {
  truncate: (text, random) => text.slice(0, random.below(Math.max(1, text.length))),
  "cut after a line": lines((all, random) => all.slice(0, random.below(Math.max(1, all.length)))),
  empty: () => "",
  missing: () => ({ instead: "nothing" }),
  directory: () => ({ instead: "directory" }),
  "symlink loop": () => ({ instead: "loop" }),
  "a line dropped": lines(without),
  "half of the lines dropped": lines((all, random) => all.filter(() => random.next() < 0.5)),
  "a column dropped": words(without),
  "columns cut": words((all, random) => all.slice(0, 1 + random.below(Math.max(1, all.length)))),
  CRLF: (text) => text.replaceAll("\n", "\r\n"),
  "one line": (text) => text.replaceAll("\n", " "),
  NULs: (text) => "\0".repeat(text.length),
  binary: (text, random) =>
    Array.from({ length: Math.max(1, text.length) }, () => String.fromCharCode(random.below(256))).join(""),
};

const changing: Readonly<Record<string, Mutator["mutate"]>> = {
  "a huge number": number((was) => `${was}${"0".repeat(25)}`),
  "400 digits": number(() => "9".repeat(400)),
  negative: number((was) => `-${was}`),
  zero: number(() => "0"),
  "no number": number((_, random) => random.pick(["nan", "inf", "-inf", "1e999", "0x10", "+5", "5.", "1_000", ""])),
  "an edge of 64 or 32 bits": number((_, random) => random.pick(edges)),
  "numbers swapped": (text, random) => {
    const swapped = shuffle(text.match(numbers) ?? [], random);
    let index = -1;
    return text.replace(numbers, (was) => swapped[(index += 1)] ?? was);
  },
  "a column added": words((all, random) => all.toSpliced(random.below(all.length + 1), 0, String(random.below(1e9)))),
  doubled: (text) => text + text,
  "lines shuffled": lines(shuffle),
  "bytes flipped": (text, random) => {
    const at = new Set(Array.from({ length: 1 + random.below(5) }, () => random.below(Math.max(1, text.length))));
    return text.replace(/[^]/g, (byte, index: number) =>
      at.has(index) ? String.fromCharCode(byte.charCodeAt(0) ^ (1 << random.below(8))) : byte,
    );
  },
  "not UTF-8": (text, random) => text.replace(/\w/g, (byte) => (random.next() < 0.1 ? "\xFF" : byte)),
  "10 MB": (text) => text.padEnd(10_000_000, text === "" ? "x" : text),
};

/** Every way to damage a file. */
export const mutators: readonly Mutator[] = [
  ...Object.entries(losing).map(([name, mutate]) => ({ name, loses: true, mutate })),
  ...Object.entries(changing).map(([name, mutate]) => ({ name, loses: false, mutate })),
];
