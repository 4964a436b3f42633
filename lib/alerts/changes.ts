import type { MetricName, Values } from "../metrics/index.ts";
import { type Change, type ChangeKind, changeOf } from "../model/change.ts";
import { bootOf, type KeptSnapshot, secondsBetween, type Snapshot } from "../model/snapshot.ts";
import type { Event } from "./events.ts";

/** The differences to the last look: in the files, and in what other metrics read. Pure. */
export function findChanges(now: Snapshot, last: KeptSnapshot | null, off: readonly ChangeKind[]): readonly Change[] {
  if (last === null) return [];
  const { changes } = now.readings;
  const isNew = changes.status === "ok" && changes.value.found.length > 0;
  const times = { atMs: now.takenAtMs, sinceMs: last.takenAtMs };
  // One look is one time, whenever each part of it was read.
  const found = isNew ? changes.value.found.map((one) => changeOf({ ...one, ...times })) : [];
  const others = [...ofBoot(now, last, times), ...ofLists(now, last, times)];
  return [...found, ...others.filter(({ kind }) => !off.includes(kind))];
}

type Times = Pick<Change, "atMs" | "sinceMs">;

/** The value of a metric in both looks; null where one of them has none. */
function both<Name extends MetricName>(name: Name, now: Snapshot, last: KeptSnapshot) {
  const [before, present]: [KeptSnapshot["readings"][Name], Snapshot["readings"][Name]] = [
    last.readings[name],
    now.readings[name],
  ];
  if (before?.status !== "ok" || present.status !== "ok") return null;
  const values: { readonly before: Values[Name]; readonly now: Values[Name] } = {
    before: before.value,
    now: present.value,
  };
  return values;
}

function ofBoot(now: Snapshot, last: KeptSnapshot, times: Times): readonly Change[] {
  const host = both("host", now, last);
  if (host === null) return [];
  const { before, now: present } = host;
  const isRebooted = bootOf(now) !== null && bootOf(last) !== null && secondsBetween(last, now) === null;
  const isRenamed = before.hostname !== null && present.hostname !== null && before.hostname !== present.hostname;
  const reboot = { before: before.kernel, after: present.kernel };
  const name = { before: before.hostname, after: present.hostname };
  return [
    ...(isRebooted ? [changeOf({ ...times, kind: "reboot", action: "changed", subject: "", ...reboot })] : []),
    ...(isRenamed ? [changeOf({ ...times, kind: "hostname", action: "changed", subject: "", ...name })] : []),
    ...(isRebooted ? [] : ofServices(now, last, times)),
  ];
}

/** Services that were restarted. Restarts by systemd itself have their own rule. */
function ofServices(now: Snapshot, last: KeptSnapshot, times: Times): readonly Change[] {
  const units = both("units", now, last);
  if (units === null) return [];
  const { before, now: present } = units;
  return Object.entries(present.running).flatMap(([subject, startedAt]) => {
    const isSame = (before.running[subject] ?? startedAt) === startedAt;
    if (isSame || (present.restarts[subject] ?? 0) > (before.restarts[subject] ?? 0)) return [];
    return [changeOf({ ...times, kind: "restart", action: "changed", subject })];
  });
}

function ofLists(now: Snapshot, last: KeptSnapshot, times: Times): readonly Change[] {
  const [storage, disks] = [both("storage", now, last), both("diskIo", now, last)];
  const missing = (from: readonly string[], all: readonly string[]) => {
    const there = new Set(from);
    return all.filter((one) => !there.has(one));
  };
  const compare = (kind: ChangeKind, before: readonly string[], present: readonly string[]) => [
    ...missing(before, present).map((subject) => changeOf({ ...times, kind, action: "added", subject })),
    ...missing(present, before).map((subject) => changeOf({ ...times, kind, action: "removed", subject })),
  ];
  const mountsIn = (all: Values["storage"]) => all.flatMap((one) => (one.onlyWhenFull ? [] : [one.mount]));
  const devicesIn = (all: Values["diskIo"]) => all.map(({ device }) => device);
  return [
    ...(storage === null ? [] : compare("mount", mountsIn(storage.before), mountsIn(storage.now))),
    ...(disks === null ? [] : compare("disk", devicesIn(disks.before), devicesIn(disks.now))),
  ];
}

/** Each loud change is an event. A preloaded library is critical: a server has no good reason for one. */
export const changeEvents = (changes: readonly Change[]): readonly Event[] =>
  changes
    .filter(({ isLoud }) => isLoud)
    .map((change) => ({ kind: "changed", severity: change.kind === "preload" ? "critical" : "notice", change }));
