import type { Change, ChangeKind } from "../../model/change.ts";

/** More would be a machine that is set up anew. */
const mostFound = 100;

/** Of these a package has many: an upgrade of systemd changes eighty units. */
const many: ReadonlySet<ChangeKind> = new Set<ChangeKind>(["unit", "cron", "setuid"]);
/** So many are told one by one. */
const fewest = 3;

/** Names that one change keeps. */
export const namesKept = 40;

/** The changes with those of one kind that one package brought as one, and of too many the loud ones and the packages. */
export function folded(changes: readonly Change[]): Change[] {
  const groups = Map.groupBy(changes, (one) => (one.isLoud || !many.has(one.kind) ? one : keyOf(one)));
  const all = [...groups.values()].flatMap(inOne);
  const first = (one: Change) => (one.isLoud ? 0 : one.kind === "package" ? 1 : 2);
  const kept = new Set(all.toSorted((one, other) => first(one) - first(other)).slice(0, mostFound));
  return all.filter((one) => kept.has(one));
}

const keyOf = ({ kind, action, by }: Change): string => [kind, action, by ?? ""].join("\t");

function inOne(group: readonly Change[]): readonly Change[] {
  const [first] = group;
  if (first === undefined || group.length <= fewest) return group;
  const names = group.slice(0, namesKept).map(({ subject }) => subject);
  return [{ ...first, before: null, after: null, detail: null, names, count: group.length }];
}
