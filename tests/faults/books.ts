import { keyOf, openLedger } from "./ledger.ts";
import type { Life, LifeOptions } from "./life.ts";

/** One line of the table. */
export interface Result {
  readonly name: string;
  readonly runs: number;
  readonly faults: string;
  readonly committed: number;
  readonly delivered: number;
  readonly lost: readonly string[];
  /** Faults after which it did not report any more as on any other day. */
  readonly silent: readonly string[];
  /** Runs that said more than there was to say. */
  readonly floods: readonly string[];
  readonly duplicates: number;
  /** Of those, the ones that did not say that they may be. */
  readonly unlabelled: number;
  /** The most that the promise allows. */
  readonly bound: number;
  readonly longestSeconds: number;
}

/** Keeps the books of one campaign. */
export interface Books {
  /**
   * A run, some time after the one before; returns its exit code, null when it was killed. `afterwards` happens to the
   * state before anybody looks at it.
   */
  readonly go: (options?: LifeOptions, afterwards?: () => Promise<void>) => Promise<number | null>;
  /** Runs, with a Discord that is well, until nothing waits. */
  readonly drain: () => Promise<void>;
  readonly count: (fault: string) => void;
  /** What waits. */
  readonly look: () => readonly string[];
  readonly close: (name: string) => Result;
}

/** What is special about a campaign. */
interface Circumstances {
  /** Whether the server is accepting messages without an answer. */
  readonly losesAnswers?: () => boolean;
  /** What happens between runs: if not given, four hours and a reboot, so that each has something to announce. */
  readonly between?: () => void;
}

/** What one run may have to say beside what waited: an alert, a card, and a digest in the place of cards. */
const mostNew = 3;

/** Opens the books of a life. */
export function openBooks(life: Life, circumstances: Circumstances = {}): Books {
  const { losesAnswers = () => false, between = () => life.pass(4 * 60, true) } = circumstances;
  const ledger = openLedger(life.stateDirectory, life.discord);
  const faults = new Map<string, number>();
  const floods: string[] = [];
  let [runs, longestMs, bound, waitedBefore] = [0, 0, 0, 0];
  const go: Books["go"] = async (options = {}, afterwards) => {
    const before = life.discord.messages.length;
    const begun = performance.now();
    const { status } = await life.run(options);
    longestMs = Math.max(longestMs, performance.now() - begun);
    runs += 1;
    between();
    await afterwards?.();
    const accepted = life.discord.messages.slice(before).map(keyOf);
    const told = new Set(accepted).size;
    if (told > waitedBefore + mostNew) floods.push(`${told} messages in one run, of which ${waitedBefore} had waited`);
    const waiting = ledger.look();
    waitedBefore = waiting.length;
    // An answer that was lost may cost a duplicate, and so may a run that ended between acceptance and crossing out.
    bound += losesAnswers() ? accepted.length : waiting.filter((key) => accepted.includes(key)).length;
    return status;
  };
  const drain = async () => {
    life.discord.scriptForEver();
    for (let count = 0; count < 5; count += 1) {
      await go();
      if (ledger.look().length === 0) return;
    }
    throw new Error(`what waits does not go out: ${ledger.look().join(", ")}`);
  };
  const close = (name: string): Result => {
    const injected = [...faults].map(([fault, times]) => `${times} ${fault}`).join(", ");
    return {
      name,
      runs,
      faults: injected,
      ...ledger.verdict(),
      silent: [],
      floods,
      bound,
      longestSeconds: longestMs / 1000,
    };
  };
  return {
    go,
    drain,
    count: (fault) => void faults.set(fault, (faults.get(fault) ?? 0) + 1),
    look: ledger.look,
    close,
  };
}
