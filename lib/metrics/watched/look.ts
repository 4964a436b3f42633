import { dayMs, hourMs } from "../../clock.ts";
import { type Change, type ChangeKind, changeKinds, changeOf } from "../../model/change.ts";
import type { Host } from "../../model/host.ts";
import type { ChangeSettings } from "../../model/settings.ts";
import { type Fact, writeFacts } from "../../proc/facts.ts";
import { mostTelling, type Packages } from "../../proc/packages.ts";
import { version } from "../../version.ts";
import { readAccounts } from "./accounts.ts";
import { holdBack, isHeld, workingSince } from "./atWork.ts";
import { differencesOf } from "./differences.ts";
import { explained } from "./explain.ts";
import { readCron, readPreload, readProgram, readSettings, readSetuid, readZone } from "./files.ts";
import { folded, namesKept } from "./folded.ts";
import type { Kept } from "./kept.ts";
import { type Lines, pack, unpack } from "./packed.ts";
import { readPackages } from "./packages.ts";
import { findOwners, type Glance, openPorts } from "./ports.ts";
import { stampsOf } from "./stamps.ts";
import { readTexts, readUnits } from "./units.ts";
import { type Facts, type Watch, watchOf } from "./watch.ts";

/** A day and a late errand. */
const touchedMs = 2 * dayMs;
/** A service that an update brings may take its time to start. */
const lateMs = hourMs;

/** Reads everything anew and compares it. The first look finds nothing. */
export async function lookAgain(
  host: Host,
  settings: ChangeSettings,
  before: Kept | null,
  glance: Glance,
): Promise<Kept> {
  const [{ atMs, isErrand }, { off }] = [glance, settings];
  const known = before === null ? {} : unpack(before.facts);
  const watch = await watchOf(host);
  const facts = { ...(await readFacts(watch, settings)), ...(isErrand ? await readDaily(watch) : {}) };
  // Last: a package manager that begins only now has brought none of these facts.
  const { packages, installed } = await readInstalled(host, off, before);
  const workingSinceMs = await workingSince(host, before, { known: packagesIn(known), now: installed }, atMs);
  const isWaiting = before !== null && isHeld(workingSinceMs, atMs);
  const ports = knownPorts(await openPorts(host, before, glance), isWaiting ? before : null);
  const all: Lines = {
    ...linesOf(facts, known, off),
    ...(installed === null ? pick(known, "package") : { package: writePackages(installed) }),
    ...(glance.ports === null ? pick(known, "port") : { port: Object.keys(ports.ports).toSorted().join("\n") }),
    address: glance.addresses.join("\n"),
  };
  const now = isWaiting ? holdBack(known, all) : all;
  const kept: Kept = {
    form: 1,
    atMs,
    errandMs: isErrand && !isWaiting ? atMs : (before?.errandMs ?? null),
    files: [...watch.paths].join("\n"),
    stamp: (await stampsOf(host, [...watch.paths], off)).files,
    packages,
    facts: pack(now),
    ...ports,
    // The next look is to know whose the new ones are.
    listening: isWaiting ? {} : glance.listening,
    workingSinceMs,
    addresses: [...glance.addresses],
    touched: touchedNow(before, known, now, atMs),
    closed: [...watch.closed],
    found: [],
  };
  if (before === null) return kept;
  return { ...kept, found: await compare(host, settings, { before, known, kept, now, glance }) };
}

/** Null where they are those of the last look. */
async function readInstalled(host: Host, off: readonly ChangeKind[], before: Kept | null) {
  const { packages } = await stampsOf(host, [], off);
  const isSame = packages === before?.packages && before.workingSinceMs === null;
  return { packages, installed: isSame ? null : await readPackages(host) };
}

/** While new ones wait, without them. */
function knownPorts(open: Pick<Kept, "ports" | "waiting">, before: Kept | null): Pick<Kept, "ports" | "waiting"> {
  if (before === null) return open;
  return { ...open, ports: Object.fromEntries(Object.entries(open.ports).filter(([name]) => name in before.ports)) };
}

const pick = (lines: Lines, kind: string): Lines => (lines[kind] === undefined ? {} : { [kind]: lines[kind] });

async function readFacts(watch: Watch, { off, program, settings }: ChangeSettings): Promise<Facts> {
  const readers: readonly (readonly [ChangeKind, () => Promise<readonly Fact[]>])[] = [
    ["preload", () => readPreload(watch)],
    ["cron", () => readCron(watch, program)],
    ["unit", () => readUnits(watch)],
    ["timezone", () => readZone(watch)],
    ["program", () => readProgram(watch, program, version)],
    ["settings", () => readSettings(watch, settings)],
  ];
  const facts: Record<string, readonly Fact[]> = {};
  for (const [kind, read] of readers) if (!off.includes(kind)) facts[kind] = await read();
  // Their files may be many, so they go last.
  return { ...facts, ...(await readAccounts(watch)) };
}

/** What would take too long in each look. */
async function readDaily({ host, isLeftover }: Watch): Promise<Facts> {
  const setuid = await readSetuid(host);
  return { text: await readTexts(host, isLeftover), ...(setuid === null ? {} : { setuid }) };
}

/** Without what is switched off; of what was not read now, the facts before. */
function linesOf(facts: Facts, known: Lines, off: readonly ChangeKind[]): Lines {
  const isOn = (kind: string) => !off.some((one) => one === kind);
  const read = Object.entries(facts).map(([kind, all]) => [kind, writeFacts(all)] as const);
  const all = [...Object.entries({ ...pick(known, "text"), ...pick(known, "setuid") }), ...read];
  return Object.fromEntries(all.filter(([kind]) => isOn(kind)));
}

const writePackages = (packages: Packages) => [...packages].map(([name, one]) => `${name}\t${one}`).join("\n");

const packagesIn = (lines: Lines): Packages =>
  new Map(
    (lines["package"] ?? "").split("\n").flatMap((line) => {
      const [name = "", one = ""] = line.split("\t");
      return name === "" ? [] : [[name, one] as const];
    }),
  );

/** The packages that were installed or changed of late, those of this look among them. */
function touchedNow(before: Kept | null, known: Lines, now: Lines, atMs: number): Record<string, number> {
  const recent = Object.entries(before?.touched ?? {}).filter(([, ms]) => Math.abs(atMs - ms) < touchedMs);
  if (known["package"] === undefined || known["package"] === now["package"]) return Object.fromEntries(recent);
  const old = packagesIn(known);
  const names = [...packagesIn(now)].filter(([name, one]) => old.get(name) !== one).map(([name]) => name);
  return Object.fromEntries([...recent, ...names.map((name) => [name, atMs] as const)]);
}

interface Looks {
  readonly before: Kept;
  readonly known: Lines;
  readonly kept: Kept;
  readonly now: Lines;
  readonly glance: Glance;
}

async function compare(host: Host, { off }: ChangeSettings, looks: Looks): Promise<Change[]> {
  const { before, known, kept, now, glance } = looks;
  const times = { atMs: kept.atMs, sinceMs: before.atMs };
  const closed = { before: before.closed, now: kept.closed };
  const wanted = changeKinds.filter((kind) => !off.includes(kind) && kind !== "package");
  const owners = await ownersOfNew(host, looks);
  const differences = wanted.flatMap((kind) => {
    const of = (lines: Lines) => lines[kind];
    const [then, present] = [of(known), of(now)];
    if (then === undefined || present === undefined) return [];
    return differencesOf(kind, { before: then, now: present }, closed);
  });
  const texts =
    glance.isErrand && known["text"] !== undefined && !off.includes("unit")
      ? differencesOf("unit", { before: known["text"], now: now["text"] ?? "" }, closed).filter(
          ({ action, subject }) => action === "changed" && !differences.some((one) => one.subject === subject),
        )
      : [];
  const since = (ms: number | null) =>
    Object.entries(kept.touched).flatMap(([name, at]) => (at >= Math.min(ms ?? 0, kept.atMs - lateMs) ? [name] : []));
  const recent = { look: since(before.atMs), day: since(before.errandMs) };
  const changes = await explained(host, [...differences, ...texts], { recent, owners, times });
  const packages = off.includes("package") ? [] : packageChanges(packagesIn(known), packagesIn(now), times);
  return folded([...changes, ...packages]);
}

/** Of the ports that are new. */
async function ownersOfNew(host: Host, { before, kept, glance }: Looks) {
  const fresh = Object.keys(kept.ports).filter((name) => !(name in before.ports));
  const inodes = new Map(
    fresh.flatMap((name) => {
      const inode = glance.ports?.get(name);
      return inode === undefined ? [] : [[name, inode] as const];
    }),
  );
  if (inodes.size === 0) return new Map<string, never>();
  const owners = await findOwners(host, new Set(inodes.values()));
  return new Map(
    [...inodes].flatMap(([name, inode]) => {
      const owner = owners.get(inode);
      return owner === undefined ? [] : [[name, owner] as const];
    }),
  );
}

/** All that were upgraded, all that are new, all that are gone. One that is only half installed is not told yet. */
function packageChanges(before: Packages, now: Packages, times: Pick<Change, "atMs" | "sinceMs">): readonly Change[] {
  if (before.size === 0 || now.size === 0) return [];
  const versionOf = (text: string | undefined) => text?.split(" ", 1)[0] ?? null;
  const names = {
    changed: [...now.keys()].filter(
      (name) => before.has(name) && versionOf(before.get(name)) !== versionOf(now.get(name)),
    ),
    added: [...now.keys()].filter((name) => !before.has(name)),
    removed: [...before.keys()].filter((name) => !now.has(name)),
  };
  return (["changed", "added", "removed"] as const).flatMap((action) => {
    const all = mostTelling(names[action]);
    const [subject] = all;
    if (subject === undefined) return [];
    const versions = { before: versionOf(before.get(subject)), after: versionOf(now.get(subject)) };
    return [
      changeOf({
        ...times,
        kind: "package",
        action,
        subject,
        ...versions,
        names: all.slice(0, namesKept),
        count: all.length,
      }),
    ];
  });
}
