import type { Change, ChangeKind } from "../../model/change.ts";
import { type Fact, readFacts } from "../../proc/facts.ts";

/** The differences of one subject. */
export interface Difference {
  readonly kind: ChangeKind;
  readonly subject: string;
  readonly action: Change["action"];
  /** New ones, and those with another value. */
  readonly now: readonly Fact[];
  /** Those that are gone, and the earlier form of the others. */
  readonly before: readonly Fact[];
}

/** A second key or group is new by itself. A second line changes its file. */
const single: ReadonlySet<ChangeKind> = new Set<ChangeKind>(["key", "sudo"]);

/** Compares the facts of a kind. What could not be read in one of the looks is not compared. */
export function differencesOf(
  kind: ChangeKind,
  lines: { readonly before: string; readonly now: string },
  closed: { readonly before: readonly string[]; readonly now: readonly string[] },
): readonly Difference[] {
  if (lines.before === lines.now) return [];
  const [before, now] = [indexed(lines.before), indexed(lines.now)];
  const isOpen = (all: readonly string[], { path }: Fact) =>
    !all.some((one) => path === one || path.startsWith(`${one}/`));
  const differs = (one: Fact, other: Fact | undefined) => other === undefined || one.value !== other.value;
  const added = [...now].filter(([key, fact]) => differs(fact, before.get(key)) && isOpen(closed.before, fact));
  const removed = [...before].filter(([key, fact]) => differs(fact, now.get(key)) && isOpen(closed.now, fact));
  const known = { before: subjectsOf(before), now: subjectsOf(now) };
  return [...new Set([...added, ...removed].map(([, { subject }]) => subject))].map((subject) => {
    const of = (all: readonly (readonly [string, Fact])[]) =>
      all.flatMap(([, fact]) => (fact.subject === subject ? [fact] : []));
    const own = { now: of(added), before: of(removed) };
    return { kind, subject, action: actionOf(kind, subject, own, known), now: own.now, before: own.before };
  });
}

const indexed = (lines: string) => new Map(readFacts(lines).map((fact) => [`${fact.subject}\t${fact.id}`, fact]));
const subjectsOf = (facts: ReadonlyMap<string, Fact>) => new Set([...facts.values()].map(({ subject }) => subject));

function actionOf(
  kind: ChangeKind,
  subject: string,
  own: Pick<Difference, "now" | "before">,
  known: { readonly before: ReadonlySet<string>; readonly now: ReadonlySet<string> },
): Change["action"] {
  if (single.has(kind)) return own.now.length > 0 ? "added" : "removed";
  if (!known.now.has(subject)) return "removed";
  return known.before.has(subject) ? "changed" : "added";
}
