import { slotOf } from "../../clock.ts";
import { afterTelling, type Fresh, withoutRepeats } from "../../report/repeats.ts";
import type { Config } from "../../settings/config.ts";
import type { Channels } from "../../settings/webhook.ts";
import type { DirectoryChoice } from "../../state/directory.ts";
import { noPast, type Past, readPast } from "../../state/past.ts";
import { consult } from "../../state/reading.ts";
import { openStamp, type Stamp, stampDirectories } from "../../state/stamp.ts";
import type { State } from "../../state/state.ts";
import type { World } from "../../world.ts";
import type { RunOutcome } from "./renderRun.ts";

/** A slot, where the command line names none. */
const usualSlotMs = 30 * 60_000;

/** Whether nothing of a run can be remembered although it should be. */
const isForgetful = ({ ephemeral }: State) => ephemeral !== null && ephemeral.kind !== "asked";

/** What a run knows of earlier ones, and leaves to the next. */
export interface Memory {
  readonly readPast: () => Promise<Past>;
  /** What is told by a run that is written to this state, and by which settings. */
  readonly remembering: (state: State, outcome: RunOutcome, config: Config) => readonly [RunOutcome, Config];
  /** Remembers what was told, where no state does. */
  readonly noteTold: (state: State) => void;
}

type Telling = Fresh & { readonly hasCard: boolean };

interface Slot {
  readonly nowMs: number;
  readonly slotMs: number;
  /** A card in each run, and not in each slot. */
  readonly isCardAlways: boolean;
  /** The usual time between runs; null where it is not known. */
  readonly gapSeconds: number | null;
}

/**
 * What a run without a state tells. Where not even a stamp can be written nobody is mentioned, and only the first look of a
 * slot tells, if the state says how far apart looks are.
 */
function worthTelling({ announcement, wantsCard }: RunOutcome, stamp: Stamp, slot: Slot): Telling {
  const { nowMs, slotMs, isCardAlways, gapSeconds } = slot;
  const isInThisSlot = (ms: number | null) => ms !== null && slotOf(ms, slotMs) === slotOf(nowMs, slotMs);
  const before = stamp.read();
  if (!stamp.isWritable()) {
    const isFirst = gapSeconds === null || !isInThisSlot(nowMs - gapSeconds * 1000);
    return { announcement: isFirst ? announcement : null, mentions: false, hasCard: wantsCard && isFirst };
  }
  const hasCard = wantsCard && (isCardAlways || !isInThisSlot(before.cardMs));
  if (announcement === null) return { announcement, mentions: false, hasCard };
  return { ...withoutRepeats(announcement, before, nowMs, slotMs), hasCard };
}

/** The memory where there is a state, and where none can be written. */
export function createMemory(
  world: Pick<World, "env" | "machine">,
  opened: State,
  choice: DirectoryChoice,
  { alerts }: Channels,
  cardEveryMs: number | null,
): Memory {
  const { clock } = world.machine;
  const slotMs = cardEveryMs ?? usualSlotMs;
  const place = choice.flag ?? world.env["SERVER_METRICS_STATE_DIR"] ?? "";
  // Asked for only where there is no state.
  const openOwnStamp = () => openStamp(stampDirectories(world.env), `${alerts.url} ${place}`);
  let told: Telling = { announcement: null, mentions: false, hasCard: false };
  let gapSeconds: number | null = null;
  return {
    // Of a state that can be read only, what was raised; the rest of it gets older with each run.
    readPast: async () => {
      if (!isForgetful(opened)) return readPast(opened.database);
      if (opened.ephemeral?.isSilent === true) return noPast;
      const read = await consult(choice, clock.now(), (database) => {
        const { alertStates, usualRunGapSeconds } = readPast(database);
        return { alertStates, usualRunGapSeconds };
      });
      gapSeconds = read?.usualRunGapSeconds ?? null;
      return { ...noPast, alertStates: read?.alertStates ?? {} };
    },
    remembering: (state, outcome, config) => {
      if (!isForgetful(state)) return [outcome, config];
      const slot = { nowMs: clock.now(), slotMs, isCardAlways: cardEveryMs === null, gapSeconds };
      told = worthTelling(outcome, openOwnStamp(), slot);
      const { mention_role: _role, mention_user: _user, ...alertsQuiet } = config.alerts;
      const quiet = told.mentions ? config : { ...config, alerts: alertsQuiet };
      return [{ ...outcome, announcement: told.announcement, wantsCard: told.hasCard }, quiet];
    },
    noteTold: (state) => {
      // Where only the time of the last word can be kept, a silent look must not move it.
      if (!isForgetful(state) || (told.announcement === null && !told.hasCard)) return;
      const [nowMs, stamp] = [clock.now(), openOwnStamp()];
      stamp.write(afterTelling(stamp.read(), told.announcement, told.hasCard, nowMs), nowMs);
    },
  };
}
