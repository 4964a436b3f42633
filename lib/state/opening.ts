import { join } from "node:path";

import type { Flags } from "../cli/parse.ts";
import type { Clock } from "../clock.ts";
import { isoTime } from "../format.ts";
import type { Note } from "../model/note.ts";
import type { Webhook } from "../settings/webhook.ts";
import type { Progress } from "../terminal/output.ts";
import type { World } from "../world.ts";
import { type OpenedDatabase, openDatabase } from "./database.ts";
import { databaseName, type DirectoryChoice, findPlaces, prepareDirectory } from "./directory.ts";
import { reasonOf } from "./fault.ts";
import { type Installation, isLastPoster } from "./installations.ts";
import { getValue } from "./keyValue.ts";
import { type Held, type Lock, lockName, takeLock } from "./lock.ts";
import { claim, isOther, ownName, readOwner, takeOver } from "./owner.ts";
import { readPast } from "./past.ts";
import { type Ephemeral, ephemeralState, type State } from "./state.ts";

/** The inputs that decide about this run's state. */
export async function choiceOf(
  { env, machine }: Pick<World, "env" | "machine">,
  { stateDir }: Flags,
): Promise<DirectoryChoice> {
  return { flag: stateDir, env, owner: await readOwner(machine.host) };
}

/** The installation that posts, identified by its settings file, because a webhook may be replaced. */
export function installationOf(
  { env }: Pick<World, "env">,
  { config }: Flags,
  { url }: Pick<Webhook, "url">,
): Installation {
  return { settingsFile: config ?? env["SERVER_METRICS_CONFIG"] ?? "", webhookUrl: url };
}

/** A run ends by itself after a minute. Longer, and it is stopped, or hangs. */
const longestRunMs = 120_000;
/** The longest wait for a machine's turn that the settings allow. */
const longestSplayMs = 1_500_000;
const pauseMs = 100;

/**
 * Opens the state in the best place and takes the lock. Null when another run is at work; one that must have ended long ago
 * is not, and the run goes on without a state. Never throws for what the disk does.
 */
export async function openState(choice: DirectoryChoice, clock: Clock, splaySeconds = 0): Promise<State | null> {
  const { isUnwanted, isNamed, paths } = await findPlaces(choice);
  if (isUnwanted) return ephemeralState({ kind: "asked", reason: "run without state" });
  const reasons: string[] = [];
  let isSilent = false;
  for (const path of paths) {
    const prepared = await prepareDirectory(path);
    const opened = prepared.kind === "usable" ? await openAt(prepared.path, choice, clock, splaySeconds) : prepared;
    switch (opened.kind) {
      case "open":
        return opened.state;
      case "busy":
        return null;
      case "hung":
      case "newer":
        return ephemeralState({ kind: opened.kind === "newer" ? "newer" : "unusable", reason: opened.reason });
      case "unusable":
        reasons.push(opened.reason);
        isSilent ||= opened === prepared && prepared.kind === "unusable" && prepared.isSilent === true;
    }
  }
  const advice = isNamed ? "fix that, or choose another directory" : "fix that, or choose a directory";
  return ephemeralState({ kind: "unusable", reason: `${reasons.join("; ")}; ${advice} with --state-dir`, isSilent });
}

type Opened =
  | { readonly kind: "open"; readonly state: State }
  | { readonly kind: "busy" }
  | { readonly kind: "hung" | Exclude<Ephemeral["kind"], "asked">; readonly reason: string };

async function openAt(directory: string, choice: DirectoryChoice, clock: Clock, splaySeconds: number): Promise<Opened> {
  try {
    let lock = lockNow(directory, clock, splaySeconds);
    if (isHung(lock, clock.now())) {
      // It may have been taken this very moment, and not be marked yet.
      await clock.sleep(pauseMs);
      lock = lockNow(directory, clock, splaySeconds);
    }
    if (lock.kind === "taken") return openLocked(directory, choice, clock.now(), lock);
    return isHung(lock, clock.now()) ? { kind: "hung", reason: sayHung(directory, lock) } : { kind: "busy" };
  } catch (error) {
    const path = join(directory, lockName);
    return { kind: "unusable", reason: `${path}: ${reasonOf(error, path)}` };
  }
}

const lockNow = (directory: string, clock: Clock, splaySeconds: number) =>
  takeLock(directory, clock.now() + longestRunMs + splaySeconds * 1000);

/** A time further off than any run can live is from a clock that has been set back since. */
export function isHung(lock: Lock | Held, nowMs: number): boolean {
  return lock.kind === "held" && (nowMs > lock.untilMs || lock.untilMs > nowMs + longestRunMs + longestSplayMs);
}

/** The reason for a missing state: an abandoned lock. */
export function sayHung(directory: string, { untilMs }: Held): string {
  const file = join(directory, lockName);
  return `${file} is held by a run that should have ended at ${isoTime(untilMs)}: end it (fuser ${file} says which)`;
}

function openLocked(directory: string, choice: DirectoryChoice, nowMs: number, lock: Lock): Opened {
  const opened = openOwn(directory, choice.owner ?? null, nowMs);
  if (opened.kind !== "open") {
    lock[Symbol.dispose]();
    return opened;
  }
  const { database, name, notes } = opened;
  const dispose = () => {
    database.close();
    lock[Symbol.dispose]();
  };
  const state = { database, file: join(directory, name), ephemeral: null, notes, [Symbol.dispose]: dispose };
  return { kind: "open", state };
}

type OwnDatabase =
  | (Extract<OpenedDatabase, { kind: "open" }> & { readonly name: string; readonly notes: readonly Note[] })
  | Exclude<OpenedDatabase, { kind: "open" }>;

/** This machine's own; what waits in another one's goes out with it. */
function openOwn(directory: string, owner: string | null, nowMs: number): OwnDatabase {
  const first = openDatabase(directory, nowMs);
  if (first.kind !== "open") return first;
  if (owner === null || !isOther(first.owner, owner)) {
    claim(first.database, first.owner, owner);
    return { ...first, name: databaseName, notes: first.note === null ? [] : [first.note] };
  }
  first.database.close();
  const name = ownName(owner);
  const own = openDatabase(directory, nowMs, name);
  if (own.kind !== "open") return own;
  claim(own.database, own.owner, owner);
  takeOver(own.database, directory);
  const isNew = getValue(own.database, "card_snapshot") === null;
  const notes = [
    ...(own.note === null ? [] : [own.note]),
    ...(isNew ? [{ kind: "foreign", file: join(directory, databaseName) } as const] : []),
  ];
  return { ...own, name, notes };
}

/** 20 s: an engine that does not answer keeps a run for half as long. */
const triesInAll = 200;
/** Of two cards that were begun so close together one is enough. */
const sameMs = 10_000;

/**
 * The state, for a run that posts a card. A look for changes that begins in the same second has no card to post, so it is
 * waited for. Null when a run is at work for longer, or when it has posted a card meanwhile.
 */
export async function openInTurn(
  choice: DirectoryChoice,
  clock: Clock,
  doing: Progress,
  { splaySeconds = 0, by = null }: { readonly splaySeconds?: number; readonly by?: Installation | null } = {},
): Promise<State | null> {
  const startedMs = clock.now();
  for (let tries = 1; ; tries++) {
    const state = await openState(choice, clock, splaySeconds);
    if (state === null && tries < triesInAll) {
      doing("waiting for another run");
      await clock.sleep(pauseMs);
      continue;
    }
    if (state === null || tries === 1) return state;
    // The card of another installation went to another channel.
    if (by !== null && !isLastPoster(state.database, by)) return state;
    const cardMs = readPast(state.database).lastCard?.takenAtMs ?? -Infinity;
    if (cardMs < startedMs - sameMs || cardMs > clock.now()) return state;
    state[Symbol.dispose]();
    return null;
  }
}
