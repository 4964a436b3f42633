import { Database } from "bun:sqlite";
import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import * as v from "valibot";

import type { Result } from "./books.ts";
import { callsOnState, injectOnState, seeded } from "./kills.ts";
import { keyOf } from "./ledger.ts";
import { type Life, type LifeOptions, nobody, startLife } from "./life.ts";

/** One way to spoil a state in which two cards wait, and what happens to the run that finds it. */
interface Trial {
  readonly fault: string;
  readonly spoil: (file: string) => void;
  readonly options?: LifeOptions;
  /** What exactly, for the list of what went wrong. */
  readonly detail?: string;
  /** Told how the run that finds it ended; null or 137 when it was killed. */
  readonly ended?: (status: number | null) => void;
  /** The fault may hit a message itself, so that the one it hits cannot be read any more. */
  readonly mayCost?: boolean;
}

/** More messages than three runs have to say: the two that wait, a card each, and what was announced anew. */
const mostMessages = 12;

/** What a series of trials has found so far. */
interface Found {
  readonly lost: string[];
  readonly silent: string[];
  readonly floods: string[];
  readonly crashes: string[];
  runs: number;
  delivered: number;
  longestMs: number;
}

/** A life in which two cards wait, so that every trial begins with the same state. */
async function startWaiting() {
  const life = await startLife();
  for (let run = 0; run < 6; run += 1) {
    await life.run(run < 4 ? {} : { environment: nobody });
    life.pass(30);
  }
  const sound = join(life.directory, "sound");
  cpSync(life.stateDirectory, sound, { recursive: true });
  const file = join(life.stateDirectory, "state.db");
  const restore = () => {
    rmSync(life.stateDirectory, { recursive: true });
    cpSync(sound, life.stateDirectory, { recursive: true });
    return file;
  };
  return { life, restore, waiting: keysIn(join(sound, "state.db")) };
}

const bodies = v.array(v.object({ body: v.string() }));

function keysIn(file: string): readonly string[] {
  using database = new Database(file, { readonly: true });
  return v.parse(bodies, database.query("SELECT body FROM outbox").all()).map(({ body }) => keyOf(JSON.parse(body)));
}

const runsOfTrial = 3;
const minutesBetween = 30;

/** Spoils, lets one run find it, and two more follow: the last one must be as any other. */
async function tryAll(
  name: string,
  trialsOf: (file: string) => Iterable<Trial>,
  { isDrawn = false } = {},
): Promise<Result> {
  const { life, restore, waiting } = await startWaiting();
  const found: Found = { lost: [], silent: [], floods: [], crashes: [], runs: 0, delivered: 0, longestMs: 0 };
  const faults = new Map<string, number>();
  try {
    for (const trial of trialsOf(restore())) {
      trial.spoil(restore());
      faults.set(trial.fault, (faults.get(trial.fault) ?? 0) + 1);
      await tryOne(life, trial, waiting, found);
      // Later than the state was left a chart is due, which takes longer than all the rest.
      if (!isDrawn) life.pass(-runsOfTrial * minutesBetween);
    }
  } finally {
    await life[Symbol.asyncDispose]();
  }
  const told = [...faults].map(([fault, times]) => `${times} ${fault}`).join(", ");
  const { lost, silent, floods, crashes, runs, delivered, longestMs } = found;
  const counts = { committed: delivered + lost.length, delivered, duplicates: 0, unlabelled: 0, bound: 0 };
  return {
    name,
    runs,
    faults: told,
    lost,
    silent: [...silent, ...crashes],
    floods,
    ...counts,
    longestSeconds: longestMs / 1000,
  };
}

async function tryOne(life: Life, trial: Trial, waiting: readonly string[], found: Found) {
  const { options, mayCost = false } = trial;
  const fault = `${trial.fault} ${trial.detail ?? ""}`;
  const before = life.discord.messages.length;
  const own: string[] = [];
  let status: number | null = null;
  for (let run = 0; run < runsOfTrial; run += 1) {
    const begun = performance.now();
    own.push(life.now());
    ({ status } = await life.run(run === 0 ? options : undefined));
    if (own.length === 1) trial.ended?.(status);
    if (status === 70) found.crashes.push(`${fault}: ${life.outputs.slice(-2).join(" ").slice(0, 300)}`);
    found.longestMs = Math.max(found.longestMs, performance.now() - begun);
    found.runs += 1;
    life.pass(minutesBetween);
  }
  const messages = life.discord.messages.slice(before);
  const text = JSON.stringify(messages);
  // One digest may stand for the cards that waited.
  const folded = Number(/⏳ (\d+) late reports?/.exec(text)?.[1] ?? 0);
  const missing = waiting.filter((key) => !messages.some((message) => keyOf(message) === key));
  found.delivered += waiting.length - (folded >= missing.length ? 0 : missing.length);
  if (folded < missing.length && !mayCost) found.lost.push(...missing.map((key) => `${fault}: ${key}`));
  const isSilent = status !== 0 || own.slice(1).some((time) => !text.includes(time));
  if (isSilent) found.silent.push(`${fault}: ${status} ${life.outputs.slice(-2).join(" ").slice(0, 300)}`);
  if (messages.length > mostMessages) found.floods.push(`${fault}: ${messages.length} messages`);
}

/** Writes a byte over the first page of a table that is checked at every start, and that no message is in. */
function damage(file: string): void {
  const database = new Database(file);
  const row = database.query("SELECT rootpage FROM sqlite_schema WHERE name = 'gone_webhook'").get();
  database.close();
  const { rootpage } = v.parse(v.object({ rootpage: v.number() }), row);
  change(file, (bytes) => (bytes[(rootpage - 1) * 4096] = 0xff));
}

function change(file: string, edit: (bytes: Buffer) => void): void {
  const bytes = readFileSync(file);
  edit(bytes);
  writeFileSync(file, bytes);
}

const replacing = [...callsOnState, "link", "linkat"] as const;

/** SIGKILL at every call of a run that finds its state damaged, until a run survives; each `step`-th in a sample. */
export function killWhileDamaged(step = 1): Promise<Result> {
  return tryAll("killed at every call, state damaged", function* trials(file) {
    for (const call of replacing) {
      const run = { hasSurvived: false };
      const ended = (status: number | null) => void (run.hasSurvived = status === 0);
      for (let when = 1; !run.hasSurvived; when += step) {
        const options = { prefix: injectOnState(dirname(file), call, `signal=KILL:when=${when}`) };
        yield { fault: "SIGKILL", detail: `${call} ${when}`, spoil: damage, options, ended };
      }
    }
  });
}

/** A disk that refuses a kind of call for the whole of such a run. */
export function refuseWhileDamaged(errors = ["ENOSPC", "EIO", "EDQUOT", "EROFS"]): Promise<Result> {
  return tryAll("a disk that refuses, state damaged", function* trials(file) {
    for (const error of errors) {
      for (const call of ["pread64", "pwrite64", "fsync", "link", "linkat", "rename", "unlink"]) {
        const options = { prefix: injectOnState(dirname(file), call, `error=${error}:when=1+`) };
        yield { fault: error, detail: call, spoil: damage, options };
      }
    }
  });
}

/** The pages that messages are on. */
function pagesOfMessages(file: string): ReadonlySet<number> {
  using database = new Database(file, { readonly: true });
  const rows = database.query("SELECT pageno FROM dbstat WHERE name = 'outbox'").all();
  return new Set(v.parse(v.array(v.object({ pageno: v.number() })), rows).map(({ pageno }) => pageno));
}

/** Single bits anywhere in the file; where one hits a message itself, that one may be gone. */
export function flipBits(count: number): Promise<Result> {
  return tryAll("a flipped bit", function* trials(file) {
    const random = seeded(20_260_710);
    const pages = pagesOfMessages(file);
    const { length } = readFileSync(file);
    for (let flip = 0; flip < count; flip += 1) {
      const [offset, bit] = [Math.floor(random() * length), 1 << Math.floor(random() * 8)];
      // The four bytes that say which version wrote the file: a newer one's is left alone, as promised.
      if (offset >= 60 && offset < 64) continue;
      const spoil = (path: string) => change(path, (bytes) => (bytes[offset] = (bytes[offset] ?? 0) ^ bit));
      yield {
        fault: "flipped bits",
        detail: `${offset}/${bit}`,
        spoil,
        mayCost: pages.has(Math.floor(offset / 4096) + 1),
      };
    }
  });
}

/** Letters of the tables' text. */
export function changeLetters(count: number): Promise<Result> {
  return tryAll("a wrong letter in a table's text", function* trials(file) {
    const bytes = readFileSync(file);
    const random = seeded(7);
    const from = bytes.indexOf("CREATE TABLE");
    const letters = Array.from({ length: 4000 - from }, (_, index) => from + index).filter((at) => {
      const byte = bytes[at] ?? 0;
      return byte >= 0x20 && byte < 0x7f;
    });
    for (let letter = 0; letter < count; letter += 1) {
      const offset = letters[Math.floor(random() * letters.length)] ?? from;
      const spoil = (path: string) => change(path, (all) => (all[offset] = (all[offset] ?? 0) ^ 1));
      yield { fault: "letters", detail: `${offset}`, spoil };
    }
  });
}

/** The file cut off after each page, and within some; a message that was cut off is gone. */
export function truncate(step = 1): Promise<Result> {
  return tryAll("a file cut off", function* trials(file) {
    const { length } = readFileSync(file);
    const lastOfMessages = Math.max(...pagesOfMessages(file));
    for (let page = 0; page < length / 4096; page += step) {
      for (const size of [page * 4096, page * 4096 + 1000]) {
        yield {
          fault: "cut off",
          detail: `${size}`,
          spoil: (path) => truncateSync(path, size),
          mayCost: size < lastOfMessages * 4096,
        };
      }
    }
  });
}

const hostile: readonly (string | number | null | Uint8Array)[] = [
  null,
  -1,
  9e15,
  2 ** 53,
  Number.MAX_VALUE,
  "",
  "text",
  "\u001B[31m",
  "{",
  "[".repeat(50_000) + "]".repeat(50_000),
  new Uint8Array(3),
];

/** Values that SQL allows and this program never writes, in each column of each table. */
export function writeHostileValues(step = 1): Promise<Result> {
  const trials = function* trials(file: string): Iterable<Trial> {
    using database = new Database(file, { readonly: true });
    const columns = v.parse(
      v.array(v.object({ table: v.string(), column: v.string() })),
      database
        .query(
          `SELECT m.name AS "table", c.name AS "column" FROM sqlite_schema m, pragma_table_info(m.name) c
            WHERE m.type = 'table'`,
        )
        .all(),
    );
    const all = columns.flatMap(({ table, column }) => hostile.map((value) => ({ table, column, value })));
    for (let index = 0; index < all.length; index += step) {
      const { table, column, value } = all[index] ?? { table: "fact", column: "value", value: null };
      const spoil = (path: string) => {
        using open = new Database(path);
        try {
          open.run(`UPDATE "${table}" SET "${column}" = ?`, [value]);
        } catch {
          // The table itself refuses it.
        }
      };
      const detail = `${table}.${column} = ${String(value).slice(0, 20)}`;
      yield { fault: "values", detail, spoil, mayCost: table === "outbox" && column === "body" };
    }
  };
  return tryAll("hostile values", trials, { isDrawn: true });
}
