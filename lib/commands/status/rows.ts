import { dayMs } from "../../clock.ts";
import { exitCodes } from "../../exit.ts";
import { localText } from "../../format.ts";
import { doubles, type SeenSchedule } from "../../install/seen.ts";
import type { Inspection } from "../../state/inspect.ts";
import type { Message } from "../../state/leftBehind.ts";
import { remedies } from "../../words/commands.ts";
import type { StatusWords } from "../../words/en/status.ts";
import { type Finding, finding } from "../findings.ts";
import { nextDue, thirdDue } from "./due.ts";
import type { Kept, StatusFacts } from "./facts.ts";

/** A line for each thing that tells whether it runs, and for each that is in its way. */
export function statusRows(facts: StatusFacts, words: StatusWords): readonly Finding[] {
  const { settings, kept } = facts;
  const problems = settings.ok ? [] : settings.problems;
  return [
    ...problems.map((problem) => bad("settings", problem)),
    ...scheduleRows(facts, words),
    ...stateRows(facts.state, words),
    ...lookRows(facts, words),
    ...(kept === null ? [] : keptRows(kept, facts, words)),
    ...webhookRows(facts, words),
    ...heartbeatRows(facts, words),
  ];
}

const good = (what: string, says: string) => finding(what, null, says, exitCodes.ok);
const bad = (what: string, problem: string, mend?: string) => finding(what, problem, "", exitCodes.notDelivered, mend);

/** Every schedule. Two that post cards with one state tell all twice; those with states of their own may be meant. */
function scheduleRows({ schedules }: StatusFacts, { schedule }: StatusWords): readonly Finding[] {
  if (schedules.length === 0) return [bad("schedule", schedule.none, remedies.schedule)];
  const rows = schedules.map((one) => scheduleRow(one, schedule));
  if (schedules.length === 1) return rows;
  const double = doubles(schedules);
  if (double.length > 0) return [...rows, bad("schedule", schedule.double(double.map(({ place }) => place)))];
  return [...rows, good("schedule", schedule.several(schedules.map(({ place }) => place)))];
}

function scheduleRow(seen: SeenSchedule, words: StatusWords["schedule"]): Finding {
  const { place, line, kind, problem, program, canStart, isStarted, version } = seen;
  const own = problem ?? (canStart ? null : words.cannotStart(program ?? ""));
  if (own !== null) return bad("schedule", words.problem(place, own, line));
  if (isStarted === false) {
    const [why, mend] = kind === "cron" ? [words.noCron, remedies.cron] : [words.timerStopped, remedies.timer(place)];
    return bad("schedule", words.problem(place, why, line), mend);
  }
  const runs = words.runs(place, line, version);
  return good("schedule", isStarted === null ? `${runs}; ${words.unseen}` : runs);
}

function stateRows(found: Inspection, { state }: StatusWords): readonly Finding[] {
  switch (found.kind) {
    case "unwanted":
      return [good("state", state.unwanted)];
    case "absent":
      return [];
    case "usable":
      return [good("state", state.usable(found.path, found.notes))];
    case "hung":
    case "newer":
    case "full":
    case "unusable":
      return [bad("state", found.reason)];
  }
}

/** A local time, in the time zone of the settings. */
const timeOf = (ms: number, { nowMs, settings }: StatusFacts) =>
  localText(ms, nowMs, settings.ok ? settings.value.timezone : null);
const secondsSince = (ms: number, nowMs: number) => (nowMs - ms) / 1000;
/** A clock may be set by less without anybody's doing. */
const clockSlackMs = 60_000;

function lookRows(facts: StatusFacts, words: StatusWords): readonly Finding[] {
  const { kept, schedules, state, nowMs } = facts;
  const due = nextDue(schedules, nowMs);
  const next = due === null ? [] : [good("next run", words.look.next(secondsSince(nowMs, due)))];
  if (state.kind === "unwanted") return next;
  const lastMs = kept?.lookTimes.at(-1);
  if (lastMs === undefined) return [noLookRow(facts, words), ...next];
  return [lookRow(lastMs, facts, words), cardRow(kept, nowMs, words), ...next];
}

/** What was installed a moment ago has not run yet, which is no failure before its looks are due. */
function noLookRow({ schedules, state, installedMs, nowMs }: StatusFacts, { look }: StatusWords): Finding {
  const lateMs = installedMs === null ? null : thirdDue(schedules, [], installedMs);
  if (installedMs !== null && lateMs !== null && nowMs <= lateMs) {
    return good("last run", look.first(secondsSince(installedMs, nowMs)));
  }
  return bad("last run", state.kind === "absent" ? look.noneIn(state.path) : look.none);
}

function lookRow(lastMs: number, facts: StatusFacts, { look }: StatusWords): Finding {
  const { kept, schedules, installedMs, nowMs } = facts;
  const aheadMs = lastMs - nowMs;
  if (aheadMs > clockSlackMs) return bad("last run", look.ahead(timeOf(lastMs, facts), aheadMs / 1000));
  const lateMs = thirdDue(schedules, kept?.lookTimes ?? [], Math.max(lastMs, installedMs ?? 0));
  const says = aheadMs > 0 ? look.now : look.ago(secondsSince(lastMs, nowMs));
  const isLate = lateMs !== null && nowMs > lateMs;
  return isLate ? bad("last run", look.late(says)) : good("last run", says);
}

function cardRow(kept: Kept | null, nowMs: number, { card, look }: StatusWords): Finding {
  const lastMs = kept?.cardTimes.at(-1);
  if (lastMs === undefined) return good("card", card.none);
  const when = look.ago(secondsSince(Math.min(lastMs, nowMs), nowMs));
  const isAmong = (messages: readonly Message[] = []) =>
    messages.some(({ kind, atMs }) => (kind === "report" || kind === "live") && atMs >= lastMs);
  if (isAmong(kept?.waiting)) return good("card", card.onItsWay(when));
  return good("card", isAmong(kept?.refused) ? card.refused(when) : when);
}

/** Days for which a refused message is shown. */
const refusedDays = 7;

function keptRows(kept: Kept, facts: StatusFacts, words: StatusWords): readonly Finding[] {
  const { noWebhook, nowMs } = facts;
  const { failure, waiting, refused, muted, clockOffSeconds, exports, goneMs } = kept;
  const recent = refused.filter(({ atMs }) => nowMs - atMs < refusedDays * dayMs);
  const lastReason = recent.at(-1)?.reason ?? "";
  return [
    ...(failure === null ? [] : [failureRow(failure, noWebhook === null && goneMs === null, nowMs, words)]),
    good("waiting", waiting.length === 0 ? words.nothing : sayWaiting(waiting, nowMs, words)),
    recent.length === 0
      ? good("refused", words.nothing)
      : bad("refused", words.refused(recent.length, refusedDays, lastReason), remedies.refused),
    ...(muted.length === 0 ? [] : [good("muted", words.muted.list(muted.map((mute) => sayMute(mute, facts, words))))]),
    ...(Math.abs(clockOffSeconds) * 1000 <= clockSlackMs
      ? []
      : [bad("clock", words.clock(clockOffSeconds), remedies.clock)]),
    ...exports.map(({ to, reason }) =>
      reason === null ? good("export", to) : bad("export", words.export(to, reason)),
    ),
  ];
}

/** Of a webhook that was gone and is replaced, nothing more is known before the next run. */
function failureRow(
  failure: NonNullable<Kept["failure"]>,
  hasWebhook: boolean,
  nowMs: number,
  { failure: words }: StatusWords,
): Finding {
  const { sinceMs, atMs, runs, reason, code, isOver } = failure;
  const last = secondsSince(atMs, nowMs);
  const when = runs === 1 ? words.once(last) : words.runs(runs, secondsSince(sinceMs, nowMs), last);
  const says = words.says(when, reason, code);
  if (isOver) return good("failure", words.over(says));
  const isReplaced = code === exitCodes.webhookGone && hasWebhook;
  return isReplaced ? good("failure", words.replaced(says)) : bad("failure", says);
}

const sayMute = ({ target, untilMs }: Kept["muted"][number], facts: StatusFacts, { muted }: StatusWords) =>
  untilMs === null ? muted.untilOver(target) : muted.until(target, timeOf(untilMs, facts));

function sayWaiting(messages: readonly Message[], nowMs: number, words: StatusWords): string {
  const reason = messages.findLast((one) => one.reason !== null)?.reason ?? null;
  const oldest = Math.min(...messages.map(({ atMs }) => atMs));
  return words.waiting(messages.length, secondsSince(oldest, nowMs), reason);
}

function webhookRows(facts: StatusFacts, words: StatusWords): readonly Finding[] {
  const { noWebhook, kept } = facts;
  if (noWebhook !== null) return [bad("webhook", noWebhook)];
  const goneMs = kept?.goneMs ?? null;
  return goneMs === null ? [] : [bad("webhook", words.webhookGone(timeOf(goneMs, facts)))];
}

function heartbeatRows({ settings, kept, nowMs }: StatusFacts, { heartbeat }: StatusWords): readonly Finding[] {
  const address = settings.ok ? settings.value.heartbeat : null;
  if (address === null) return [];
  const missed = kept?.missedHeartbeat ?? null;
  const { host } = new URL(address);
  if (missed === null) return [good("heartbeat", heartbeat.to(host))];
  return [bad("heartbeat", heartbeat.missed(host, secondsSince(missed.sinceMs, nowMs), missed.reason))];
}
