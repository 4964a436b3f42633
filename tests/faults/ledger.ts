import { Database } from "bun:sqlite";
import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";

import type { FakeDiscord } from "../support/fakeDiscord.ts";
import { temporaryDirectory } from "../support/project.ts";

/** What became of every message that was ever committed. */
export interface Verdict {
  /** Rows that the outbox ever had: cards, alerts and digests. */
  readonly committed: number;
  /** Of those, the ones that Discord accepted, by themselves or within a digest. */
  readonly delivered: number;
  readonly lost: readonly string[];
  /** Acceptances beyond the first of each message. */
  readonly duplicates: number;
  /** Of those, the ones that did not say that they may be. */
  readonly unlabelled: number;
}

/** Follows the outbox from run to run; `look` after each, however it ended. */
export interface Ledger {
  /** What waits now, oldest first. Throws when the database is not sound. */
  readonly look: () => readonly string[];
  readonly verdict: () => Verdict;
}

interface Awaiting {
  readonly waiting: readonly { readonly kind: string; readonly key: string }[];
  /** SQLite counts the rows that a table ever had, also those that nobody saw. */
  readonly rowsEver: number;
}

/** By what a message is known: its title or headline, and the time or the span of time that it tells of. */
export function keyOf(message: unknown): string {
  const text = JSON.stringify(message);
  const find = (pattern: RegExp) => pattern.exec(text)?.[1] ?? "";
  const title = find(/"(?:title|content)":"([^"]*)"/);
  const times = [/"timestamp":"([^"]+)"/, /Measured [^<]*(<t:[^.]*)/, /-# (<t:\d+)/].map(find).join("");
  // Two digests of as many reports would be taken for one.
  if (reportsIn(title) !== null && times === "") throw new Error(`no time is found in ${text}`);
  return `${title} ${times}`.trim();
}

/** How many reports a digest says it stands for; null for any other message. */
function reportsIn(key: string): number | null {
  const digits = /^⏳ (\d+) late reports?/.exec(key)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** Begins to follow the outbox of a state directory, which need not be there yet. */
export function openLedger(stateDirectory: string, discord: FakeDiscord): Ledger {
  const contents = new Map<string, readonly string[]>();
  let last: Awaiting = { waiting: [], rowsEver: 0 };
  let acceptedBefore = 0;
  const look = () => {
    const now = readOutbox(stateDirectory);
    const keys = now.waiting.map(({ key }) => key);
    // A digest may be committed and delivered within one run, so that nobody sees it waiting.
    const accepted = discord.messages.slice(acceptedBefore).map(keyOf);
    acceptedBefore = discord.messages.length;
    const gone = last.waiting.filter(({ kind, key }) => kind !== "alert" && !keys.includes(key));
    const folded = gone.map(({ key }) => key);
    for (const key of [...accepted, ...keys]) {
      if (!contents.has(key)) contents.set(key, reportsIn(key) === null ? [] : folded);
    }
    last = { ...now, rowsEver: Math.max(last.rowsEver, now.rowsEver) };
    return keys;
  };
  const verdict = () => {
    look();
    return judge(contents, discord, last.rowsEver);
  };
  return { look, verdict };
}

function judge(contents: ReadonlyMap<string, readonly string[]>, { messages }: FakeDiscord, rowsEver: number): Verdict {
  const accepted = new Set<string>();
  let unlabelled = 0;
  for (const message of messages) {
    const key = keyOf(message);
    if (accepted.has(key) && !JSON.stringify(message).includes("may be a duplicate")) unlabelled += 1;
    accepted.add(key);
  }
  const told = new Set<string>();
  const tell = (key: string) => {
    const reports = reportsIn(key);
    // One that tells of fewer reports than went into it has lost some.
    if (told.has(key) || (reports !== null && reports < cardsIn(key, contents).size)) return;
    told.add(key);
    for (const inside of contents.get(key) ?? []) tell(inside);
  };
  for (const key of accepted) tell(key);
  const unseen = Array.from({ length: Math.max(0, rowsEver - contents.size) }, () => "a row that nobody saw");
  const lost = [...[...contents.keys()].filter((key) => !told.has(key)), ...unseen];
  const committed = contents.size + unseen.length;
  const duplicates = messages.length - accepted.size;
  return { committed, delivered: committed - lost.length, lost, duplicates, unlabelled };
}

/** The single reports in a message: itself, or what was folded into it. */
function cardsIn(key: string, contents: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  if (reportsIn(key) === null) return new Set([key]);
  return new Set((contents.get(key) ?? []).flatMap((inside) => Array.from(cardsIn(inside, contents))));
}

const rows = v.array(v.object({ kind: v.string(), body: v.string() }));
const sequence = v.nullable(v.object({ seq: v.number() }));

/** Of a copy, because looking rolls an interrupted transaction back, which is the next run's business. */
function readOutbox(stateDirectory: string): Awaiting {
  using copy = temporaryDirectory();
  for (const name of ["state.db", "state.db-journal"]) {
    if (existsSync(join(stateDirectory, name))) copyFileSync(join(stateDirectory, name), join(copy.path, name));
  }
  using database = new Database(join(copy.path, "state.db"));
  const sound = database.query<{ integrity_check: string }, []>("PRAGMA integrity_check").get()?.integrity_check;
  if (sound !== "ok") throw new Error(`the state is damaged: ${sound}`);
  const tables = database.query("SELECT 1 FROM sqlite_schema WHERE name = 'outbox'").all();
  if (tables.length === 0) return { waiting: [], rowsEver: 0 };
  const found = v.parse(rows, database.query("SELECT kind, body FROM outbox ORDER BY id").all());
  const ever = database.query("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'").get();
  return {
    waiting: found.map(({ kind, body }) => ({ kind, key: keyOf(JSON.parse(body)) })),
    rowsEver: v.parse(sequence, ever)?.seq ?? 0,
  };
}
