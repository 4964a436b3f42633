import { slotOf } from "../../clock.ts";
import { afterTelling, type Fresh, withoutRepeats } from "../../report/repeats.ts";
import type { Config } from "../../settings/config.ts";
import type { Channels } from "../../settings/webhook.ts";
import type { DirectoryChoice } from "../../state/directory.ts";
import { noPast, type Past, readPast } from "../../state/past.ts";
import { consult } from "../../state/reading.ts";
import { openStamp, stampDirectories } from "../../state/stamp.ts";
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
  /** Whether it is this run that posts the card of its slot. */
  readonly isCardDue: (past: Past) => boolean;
  /** What is told by a run that is written to this state, and by which settings. */
  readonly remembering: (state: State, outcome: RunOutcome, config: Config) => readonly [RunOutcome, Config];
  /** Remembers what was told, where no state does. */
  readonly noteTold: (state: State) => void;
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
  const stamp = openStamp(stampDirectories(world.env), `${alerts.url} ${place}`);
  const isInThisSlot = (ms: number | null) => ms !== null && slotOf(ms, slotMs) === slotOf(clock.now(), slotMs);
  let told: Fresh & { readonly hasCard: boolean } = { announcement: null, mentions: false, hasCard: false };
  return {
    // Of a state that can be read only, what was raised; the rest of it gets older with each run.
    readPast: async () => {
      if (!isForgetful(opened)) return readPast(opened.database);
      if (opened.ephemeral?.isSilent === true) return noPast;
      const alertStates = await consult(choice, clock.now(), (database) => readPast(database).alertStates);
      return { ...noPast, alertStates: alertStates ?? {} };
    },
    isCardDue: ({ lastCard }) => cardEveryMs === null || !isInThisSlot(lastCard?.takenAtMs ?? null),
    remembering: (state, outcome, config) => {
      if (!isForgetful(state)) return [outcome, config];
      const before = stamp.read();
      const { announcement } = outcome;
      const hasCard = outcome.wantsCard && (cardEveryMs === null || !isInThisSlot(before.cardMs));
      const fresh =
        announcement === null
          ? { announcement, mentions: false }
          : withoutRepeats(announcement, before, clock.now(), slotMs);
      told = { ...fresh, hasCard };
      const { mention_role: _role, mention_user: _user, ...alertsQuiet } = config.alerts;
      const quiet = fresh.mentions ? config : { ...config, alerts: alertsQuiet };
      return [{ ...outcome, announcement: fresh.announcement, wantsCard: hasCard }, quiet];
    },
    noteTold: (state) => {
      if (isForgetful(state)) stamp.write(afterTelling(stamp.read(), told.announcement, told.hasCard, clock.now()));
    },
  };
}
