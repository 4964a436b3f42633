import { type Change, type ChangeKind, changeOf } from "../../model/change.ts";
import type { Host } from "../../model/host.ts";
import type { Fact } from "../../proc/facts.ts";
import type { Difference } from "./differences.ts";
import { type Brought, readBrought } from "./packages.ts";
import type { Owner } from "./ports.ts";

/** Changes that an intruder may have made. */
const loud: ReadonlySet<ChangeKind> = new Set<ChangeKind>([
  "key",
  "user",
  "sudo",
  "sudoers",
  "unit",
  "cron",
  "port",
  "preload",
  "setuid",
  "program",
]);

/** Programs that hold a port for a container: who starts containers, opens ports. */
const proxies = /\/(?:docker-proxy|rootlessport|rootlesskit)$/;

interface Known {
  /** The packages that were touched since the last look, and since the last look of the day. */
  readonly recent: { readonly look: readonly string[]; readonly day: readonly string[] };
  /** Who holds each new port. */
  readonly owners: ReadonlyMap<string, Owner>;
  readonly times: Pick<Change, "atMs" | "sinceMs">;
  /** The package that files went with. */
  readonly takenBy: (files: readonly Fact[]) => string | null;
}

/** The changes, loud where no package explains them. */
export async function explained(
  host: Host,
  differences: readonly Difference[],
  known: Known,
): Promise<readonly Change[]> {
  const isOfDay = ({ kind, now }: Difference) => kind === "setuid" || now.some(({ id }) => id === "text");
  const suspicious = differences.filter(isSuspicious);
  const names = suspicious.some(isOfDay) ? known.recent.day : known.recent.look;
  const brought = suspicious.length === 0 || names.length === 0 ? null : await readBrought(host, names);
  const changes: Change[] = [];
  for (const difference of differences) {
    const { now, before } = difference;
    const taken = now.length === 0 ? known.takenBy(before) : null;
    const by = isSuspicious(difference) ? await explain(difference, brought, known) : taken;
    changes.push(changeFrom(difference, known, by));
  }
  return changes;
}

/** A removal is not told aloud. Another version of this program is an update. */
function isSuspicious({ kind, now, before }: Difference): boolean {
  if (kind === "program" && now[0]?.text !== before[0]?.text) return false;
  return loud.has(kind) && now.length > 0;
}

function changeFrom(difference: Difference, { owners, times }: Known, by: string | null): Change {
  const { kind, subject, action, now, before } = difference;
  const first = now[0] ?? before[0];
  const owner = owners.get(subject)?.name;
  const texts = (facts: readonly Fact[]) => facts.map(({ text }) => text).find((text) => text !== "") ?? null;
  return changeOf({
    ...times,
    kind,
    action,
    subject,
    isLoud: by === null && isSuspicious(difference),
    before: texts(before),
    after: texts(now),
    detail: kind === "port" ? (owner ?? null) : first?.path || null,
    by,
    count: Math.max(now.length, before.length, 1),
  });
}

/** The package that brought all of it; null where there is none. */
async function explain(
  { kind, subject, now }: Difference,
  brought: Brought | null,
  { owners }: Known,
): Promise<string | null> {
  if (kind === "port") return explainPort(subject, owners.get(subject), brought);
  if (brought === null) return null;
  const all: (string | null)[] = [];
  for (const { path, value } of now) {
    const isOfUser = kind === "user" || kind === "sudo";
    all.push(isOfUser ? await explainUser(subject, value, brought) : brought.file(path));
  }
  return all.includes(null) ? null : (all[0] ?? null);
}

/** A service's own user has a number below 1000. */
async function explainUser(name: string, value: string, brought: Brought): Promise<string | null> {
  const isOfService = /^(?!0\b)\d{1,3}\b/.test(value);
  return isOfService ? brought.user(name) : null;
}

async function explainPort(subject: string, owner: Owner | undefined, brought: Brought | null): Promise<string | null> {
  if (proxies.test(owner?.paths[0] ?? "")) return owner?.name ?? null;
  if (brought === null) return null;
  const found = (owner?.paths ?? []).map(brought.file).find((name) => name !== null);
  // A socket unit that is new; whose the port is, only root sees.
  return (
    found ?? (owner === undefined || owner.name === "systemd" ? brought.socket(subject.split("/", 1)[0] ?? "") : null)
  );
}
