import { createHash } from "node:crypto";

/** One fact of a kind, such as a key of a user. Plain text without tabs and line ends. */
export interface Fact {
  /** What it is about: a user, a unit, a file. */
  readonly subject: string;
  /** Tells it from the others of its subject, such as a fingerprint. */
  readonly id: string;
  /** With another value it is a changed one. */
  readonly value: string;
  /** What a person is told of it. */
  readonly text: string;
  /** The file behind it, by which a package explains it. */
  readonly path: string;
}

/** A fact with what it lacks. */
export const factOf = (fact: Pick<Fact, "subject"> & Partial<Fact>): Fact => ({
  id: "",
  value: "",
  text: "",
  path: "",
  ...fact,
});

const cell = (text: string) => text.replace(/\p{Cc}+/gu, " ").slice(0, 300);

/** A line a fact, sorted, so that the same facts are the same text. */
export function writeFacts(facts: readonly Fact[]): string {
  const lines = facts.map(({ subject, id, value, text, path }) =>
    [subject, id, value, text, path].map(cell).join("\t"),
  );
  return [...new Set(lines)].toSorted().join("\n");
}

/** The inverse. */
export function readFacts(lines: string): readonly Fact[] {
  if (lines === "") return [];
  return lines.split("\n").map((line) => {
    const [subject = "", id = "", value = "", text = "", path = ""] = line.split("\t");
    return { subject, id, value, text, path };
  });
}

/** Short, and enough to tell whether a text is the same. */
export const hashText = (text: string): string => createHash("sha256").update(text).digest("base64").slice(0, 12);
