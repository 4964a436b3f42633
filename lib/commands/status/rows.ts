import { dayMs } from "../../clock.ts";
import { exitCodes } from "../../exit.ts";
import { isoTime } from "../../format.ts";
import { notStarted, type SeenSchedule } from "../../install/seen.ts";
import type { Inspection } from "../../state/inspect.ts";
import type { Message } from "../../state/leftBehind.ts";
import { en } from "../../words/en.ts";
import { type Finding, finding } from "../findings.ts";
import { nextDue, thirdDue } from "./due.ts";
import type { Kept, StatusFacts } from "./facts.ts";

/** A line for each thing that tells whether it runs, and for each that is in its way. */
export function statusRows(facts: StatusFacts): readonly Finding[] {
  const { settings, noWebhook, kept, nowMs } = facts;
  const problems = settings.ok ? [] : settings.problems;
  return [
    ...problems.map((problem) => bad("settings", problem)),
    ...scheduleRows(facts),
    ...stateRows(facts.state),
    ...lookRows(facts),
    ...(kept === null ? [] : keptRows(kept, nowMs)),
    ...webhookRows(noWebhook, kept),
    ...heartbeatRows(facts),
  ];
}

const good = (what: string, says: string) => finding(what, null, says, exitCodes.ok);
const bad = (what: string, problem: string, mend?: string) => finding(what, problem, "", exitCodes.notDelivered, mend);

/** Every schedule; two of one state tell all twice, or take turns. */
function scheduleRows({ schedules }: StatusFacts): readonly Finding[] {
  if (schedules.length === 0) return [bad("schedule", "none", "server-metrics install")];
  const rows = schedules.map(scheduleRow);
  if (schedules.length === 1) return rows;
  const places = schedules.map(({ place }) => place);
  return [
    ...rows,
    bad("schedule", `${places.length} of them (${places.join(", ")}): each posts its own cards and alerts`),
  ];
}

function scheduleRow({ place, line, kind, problem, programProblem, isStarted, version }: SeenSchedule): Finding {
  const own = problem ?? programProblem;
  if (own !== null) return bad("schedule", `${place}: ${own}: ${line}`);
  if (isStarted === false) return bad("schedule", `${place}: ${notStarted[kind]}: ${line}`);
  const unseen = isStarted === null ? "; whether a cron runs cannot be seen by this user" : "";
  return good("schedule", `${place}: ${line}${version === null ? "" : `; version ${version}`}${unseen}`);
}

function stateRows(state: Inspection): readonly Finding[] {
  switch (state.kind) {
    case "unwanted":
      return [good("state", "none, as asked: nothing can be told of earlier runs")];
    case "absent":
      return [];
    case "usable":
      return [good("state", [state.path, ...state.notes].join("; "))];
    case "hung":
    case "newer":
    case "unusable":
      return [bad("state", state.reason)];
  }
}

const ago = (ms: number, nowMs: number) => `${en.duration((nowMs - ms) / 1000)} ago`;
/** A clock may be set by less without anybody's doing. */
const clockSlackMs = 60_000;

function lookRows({ kept, schedules, state, nowMs }: StatusFacts): readonly Finding[] {
  const due = nextDue(schedules, nowMs);
  const next = due === null ? [] : [good("next run", `in ${en.duration((due - nowMs) / 1000)}`)];
  if (state.kind === "unwanted") return next;
  const lastMs = kept?.lookTimes.at(-1);
  if (lastMs === undefined) {
    const where = state.kind === "absent" ? ` in ${state.path}` : "";
    return [bad("last run", `none is remembered${where}`), ...next];
  }
  return [lookRow(lastMs, kept?.lookTimes ?? [], schedules, nowMs), cardRow(kept, nowMs), ...next];
}

function lookRow(lastMs: number, times: readonly number[], schedules: readonly SeenSchedule[], nowMs: number): Finding {
  const aheadMs = lastMs - nowMs;
  if (aheadMs > clockSlackMs) {
    return bad("last run", `at ${isoTime(lastMs)}, ${en.duration(aheadMs / 1000)} from now: the clock was set back`);
  }
  const lateMs = thirdDue(schedules, times, lastMs);
  const says = aheadMs > 0 ? "just now" : ago(lastMs, nowMs);
  const isLate = lateMs !== null && nowMs > lateMs;
  return isLate ? bad("last run", `${says}, and three have been due since`) : good("last run", says);
}

function cardRow(kept: Kept | null, nowMs: number): Finding {
  const lastMs = kept?.cardTimes.at(-1);
  if (lastMs === undefined) return good("card", "none yet");
  const waits = kept?.waiting.some(({ atMs }) => atMs >= lastMs) === true;
  return good("card", `${ago(Math.min(lastMs, nowMs), nowMs)}${waits ? "; it has not arrived yet" : ""}`);
}

/** A refused message is news for so long. */
const refusedMs = 7 * dayMs;

function keptRows(kept: Kept, nowMs: number): readonly Finding[] {
  const { failure, waiting, refused, muted, clockOffSeconds, exports } = kept;
  const recent = refused.filter(({ atMs }) => nowMs - atMs < refusedMs);
  const off = en.duration(Math.abs(clockOffSeconds));
  return [
    ...(failure === null ? [] : [failureRow(failure, nowMs)]),
    good("waiting", waiting.length === 0 ? "nothing" : sayMessages(waiting, nowMs)),
    recent.length === 0 ? good("refused", "nothing") : bad("refused", sayRefused(recent), "server-metrics outbox"),
    ...(muted.length === 0 ? [] : [good("muted", muted.map(sayMute).join(", "))]),
    ...(Math.abs(clockOffSeconds) * 1000 <= clockSlackMs
      ? []
      : [bad("clock", `${off} ${clockOffSeconds < 0 ? "behind" : "ahead of"} Discord's: set it, with NTP`)]),
    ...exports.map(({ to, reason }) => (reason === null ? good("export", to) : bad("export", `${to}: ${reason}`))),
  ];
}

function failureRow(failure: NonNullable<Kept["failure"]>, nowMs: number): Finding {
  const { sinceMs, atMs, runs, reason, code, isOver } = failure;
  const when =
    runs === 1 ? ago(atMs, nowMs) : `${runs} runs since ${ago(sinceMs, nowMs)}, the last ${ago(atMs, nowMs)}`;
  const says = `${when}: ${reason} (exit ${code})`;
  return isOver ? good("failure", `${says}; over`) : bad("failure", says);
}

const sayMute = ({ target, untilMs }: Kept["muted"][number]) =>
  `${target} ${untilMs === null ? "until it is over" : `until ${isoTime(untilMs)}`}`;

const sayRefused = (messages: readonly Message[]) =>
  `${en.count.messages(messages.length)} of the last 7 days: ${messages.at(-1)?.reason ?? ""}`;

function sayMessages(messages: readonly Message[], nowMs: number): string {
  const reason = messages.findLast((one) => one.reason !== null)?.reason;
  const oldest = Math.min(...messages.map(({ atMs }) => atMs));
  const since = `the oldest ${ago(oldest, nowMs)}`;
  return [en.count.messages(messages.length), since, ...(reason === undefined ? [] : [reason])].join("; ");
}

function webhookRows(noWebhook: string | null, kept: Kept | null): readonly Finding[] {
  if (noWebhook !== null) return [bad("webhook", noWebhook)];
  const goneMs = kept?.goneMs ?? null;
  if (goneMs === null) return [];
  return [
    bad(
      "webhook",
      `gone since ${isoTime(goneMs)}, says Discord: make a new one and set DISCORD_WEBHOOK_URL, or build again`,
    ),
  ];
}

function heartbeatRows({ settings, kept, nowMs }: StatusFacts): readonly Finding[] {
  const address = settings.ok ? settings.value.heartbeat : null;
  if (address === null) return [];
  const missed = kept?.missedHeartbeat ?? null;
  const { host } = new URL(address);
  if (missed === null) return [good("heartbeat", `to ${host}`)];
  return [bad("heartbeat", `${host}: not taken for ${en.duration((nowMs - missed.sinceMs) / 1000)}: ${missed.reason}`)];
}
