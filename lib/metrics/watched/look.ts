import { hourMs } from "../../clock.ts";
import { type Change, type ChangeKind, changeKinds } from "../../model/change.ts";
import type { Host } from "../../model/host.ts";
import type { ChangeSettings } from "../../model/settings.ts";
import { type Fact, writeFacts } from "../../proc/facts.ts";
import type { Packages } from "../../proc/packages.ts";
import { version } from "../../version.ts";
import { readAccounts } from "./accounts.ts";
import { holdBack, isHeld, workingSince } from "./atWork.ts";
import { differencesOf } from "./differences.ts";
import { explained } from "./explain.ts";
import { readCron, readPreload, readProgram, readSettings, readSetuid, readZone } from "./files.ts";
import { folded } from "./folded.ts";
import type { Kept } from "./kept.ts";
import { rememberOwners, takenBy } from "./owners.ts";
import { type Lines, pack, unpack } from "./packed.ts";
import { type Both, packageChanges, packagesIn, touchedNow, writePackages } from "./packageChanges.ts";
import { readPackages } from "./packages.ts";
import { findOwners, type Glance, openPorts } from "./ports.ts";
import { stampsOf } from "./stamps.ts";
import { readTexts, readUnits } from "./units.ts";
import { type Facts, type Watch, watchOf } from "./watch.ts";

/** A service that an update brings may take its time to start. */
const lateMs = hourMs;

/** Reads what may have changed and compares it. The first look finds nothing. */
export async function lookAgain(
  host: Host,
  settings: ChangeSettings,
  before: Kept | null,
  glance: Glance,
): Promise<Kept> {
  const [{ atMs, isErrand }, { off }] = [glance, settings];
  const known = before === null ? {} : unpack(before.facts);
  const files = await readFiles(host, settings, before, known, isErrand);
  // Last: a package manager that begins only now has brought none of these facts.
  const { stamp, installed } = await readInstalled(host, off, before);
  const old = packagesIn(known);
  const workingSinceMs = await workingSince(host, before, { known: old, now: installed }, atMs);
  const isWaiting = before !== null && isHeld(workingSinceMs, atMs);
  const packages = { before: old, now: isWaiting || installed === null ? old : installed };
  const ports = knownPorts(await openPorts(host, before, glance), isWaiting ? before : null);
  const all: Lines = {
    ...files.lines,
    ...(installed === null ? pick(known, "package") : { package: writePackages(installed) }),
    ...(glance.ports === null ? pick(known, "port") : { port: Object.keys(ports.ports).toSorted().join("\n") }),
    address: glance.addresses.join("\n"),
  };
  const touched = touchedNow(before, packages, atMs);
  const now = isWaiting ? holdBack(known, all) : await withOwners(host, all, packages.now, touched, glance);
  const kept: Kept = {
    form: 1,
    atMs,
    errandMs: isErrand && !isWaiting ? atMs : (before?.errandMs ?? null),
    ...files.kept,
    packages: stamp,
    facts: pack(now),
    ...ports,
    // The next look is to know whose the new ones are.
    listening: isWaiting ? {} : glance.listening,
    workingSinceMs,
    addresses: [...glance.addresses],
    touched,
    found: [],
  };
  if (before === null) return kept;
  return { ...kept, found: await compare(host, settings, { before, known, kept, now, glance, packages }) };
}

interface Files {
  readonly lines: Lines;
  readonly kept: Pick<Kept, "files" | "stamp" | "closed">;
}

/** The facts in files. Where no stamp differs, those of the last look. */
async function readFiles(
  host: Host,
  settings: ChangeSettings,
  before: Kept | null,
  known: Lines,
  isErrand: boolean,
): Promise<Files> {
  const { off } = settings;
  const stampOf = async (paths: string) => (await stampsOf(host, paths.split("\n"), off)).files;
  if (before !== null && !isErrand && before.workingSinceMs === null) {
    const { files, stamp, closed } = before;
    if ((await stampOf(files)) === stamp) return { lines: known, kept: { files, stamp, closed } };
  }
  const watch = await watchOf(host);
  const facts = { ...(await readFacts(watch, settings)), ...(isErrand ? await readDaily(watch) : {}) };
  const files = [...watch.paths].join("\n");
  return { lines: linesOf(facts, known, off), kept: { files, stamp: await stampOf(files), closed: [...watch.closed] } };
}

/** With the packages of the files: of all once a day, and of those that are new now. */
async function withOwners(
  host: Host,
  now: Lines,
  installed: Packages,
  touched: Kept["touched"],
  { atMs, isErrand }: Glance,
): Promise<Lines> {
  const fresh = Object.entries(touched).flatMap(([name, ms]) => (ms === atMs ? [name] : []));
  const names = isErrand ? [...installed.keys()] : fresh;
  return names.length === 0 ? now : { ...now, owner: await rememberOwners(host, now, names) };
}

/** Null where they are those of the last look. */
async function readInstalled(host: Host, off: readonly ChangeKind[], before: Kept | null) {
  const { packages: stamp } = await stampsOf(host, [], off);
  const isSame = stamp === before?.packages && before.workingSinceMs === null;
  return { stamp, installed: isSame ? null : await readPackages(host) };
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
  const all = [...["text", "setuid", "owner"].flatMap((kind) => Object.entries(pick(known, kind))), ...read];
  return Object.fromEntries(all.filter(([kind]) => isOn(kind)));
}

interface Looks {
  readonly before: Kept;
  readonly known: Lines;
  readonly kept: Kept;
  readonly now: Lines;
  readonly glance: Glance;
  readonly packages: Both;
}

async function compare(host: Host, { off }: ChangeSettings, looks: Looks): Promise<Change[]> {
  const { before, known, kept, now, glance, packages } = looks;
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
  const changes = await explained(host, [...differences, ...texts], {
    recent,
    owners,
    times,
    takenBy: (files) => takenBy(files, known, packages),
  });
  return folded([...changes, ...(off.includes("package") ? [] : packageChanges(packages, times))]);
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
