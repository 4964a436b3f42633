import type { Transition } from "../alerts/alert.ts";
import type { Event } from "../alerts/events.ts";
import type { Held } from "../alerts/mutes.ts";
import { rules } from "../alerts/rules.ts";
import { change, crossedBy, eventDetails, eventNews, headline, formatValue, lasted, subject } from "../alerts/text.ts";
import { minuteMs } from "../clock.ts";
import { clipColumns, columnsOf, printable, shellQuoted } from "../format.ts";
import type { Change } from "../model/change.ts";
import { type Labels, observationKey } from "../model/observation.ts";
import { targetName } from "../model/rule.ts";
import type { Announcement } from "../report/explain.ts";
import { muteCommand, nextSteps, stepAfterChange, stepsAfter } from "../words/commands.ts";
import { looks } from "./discord/message.ts";

/** How bad a piece of news is: its sign, and the colour of its strip. */
export type Look = keyof typeof looks;
const order = ["critical", "warning", "unknown", "muted", "well", "notice"] as const satisfies readonly Look[];

/** A fact, or a command to be copied, with what it is for where that is not clear. */
export type Fact = string | { readonly label: string | null; readonly command: string };

/** A line of an alert. */
export interface Line {
  /** It is about one of several: its sign, and what it is about. */
  readonly lead?: { readonly sign: string; readonly text: string };
  readonly facts: readonly Fact[];
  readonly isSmall?: boolean;
}

/** What an alert says in every medium. */
export interface Told {
  readonly look: Look;
  /** Without its sign. */
  readonly headline: string;
  /** What the headline does not say. */
  readonly lines: readonly Line[];
}

/** One piece of news. */
interface Piece {
  readonly look: Look;
  /** The headline in so many columns. */
  readonly headline: (columns: number) => string;
  /** What it is about, when it is one of several, and more about that. */
  readonly subject: string;
  readonly facts: readonly Fact[];
  /** Its lines when it is alone; the reasons stand behind the first. */
  readonly lines: (reasons: readonly string[]) => readonly Line[];
  readonly command: string | null;
}

/** How a medium writes a time. */
type Time = (ms: number) => string;

/** A lock screen shows some sixty columns. */
const headlineColumns = 60;
const signColumns = 3;
const mostLines = 6;
const rowsShown = 4;

/** All that changed in a run, the worst first. */
export function tell(announcement: Announcement, time: Time): Told {
  const { transitions, events, held = [], reasons, nowMs, words, isFoundByUpdate = false } = announcement;
  const pieces = [
    ...transitions.map((one) => pieceOfTransition(one, announcement, time)),
    ...events.map((one) => pieceOfEvent(one, announcement, time)),
    ...(held.length === 0 ? [] : [pieceOfHeld(held, announcement)]),
  ].toSorted((one, other) => order.indexOf(one.look) - order.indexOf(other.look));
  const [worst, ...others] = pieces;
  if (worst === undefined) throw new Error("an alert without news");
  const count = (look: Look) => others.filter((one) => one.look === look).length;
  const more = words.alert.headline.others(
    count("critical"),
    count("warning") + count("unknown"),
    count("well"),
    count("notice") + count("muted"),
  );
  const whole = (text: string) => (isFoundByUpdate ? words.alert.headline.ofUpdate(text, others.length) : text + more);
  const room = headlineColumns - signColumns - columnsOf(whole(""));
  const command = worst.command === null ? [] : [{ facts: [{ label: null, command: worst.command }] }];
  const several = () => {
    const rows = pieces.slice(0, rowsShown).map(rowOf);
    const left = pieces.length - rows.length;
    const small = { facts: [time(nowMs), ...(left > 0 ? [words.alert.moreLines(left)] : [])], isSmall: true };
    const why = [...reasons.map((reason) => ({ facts: [reason] })), ...command];
    return [...rows, ...why.slice(0, mostLines - rows.length - 1), small];
  };
  return {
    look: worst.look,
    headline: whole(worst.headline(room)),
    lines: others.length > 0 ? several() : worst.lines(reasons),
  };
}

const rowOf = ({ look, subject: text, facts }: Piece): Line => ({ lead: { sign: looks[look].sign, text }, facts });

const known = <T>(...all: readonly (T | null)[]): readonly T[] => all.filter((one): one is T => one !== null);

function pieceOfTransition(transition: Transition, announcement: Announcement, time: Time): Piece {
  const { words, found } = announcement;
  const { labels, rule } = transition;
  const finding = printable(found?.get(keyOf(transition)) ?? "");
  const begin = (text: string) => words.alert.headline.begin(text, namesIn(transition));
  const whole = begin(headline(transition, words, finding));
  const what = begin(subject(transition, words, finding));
  const isOver = transition.to === null;
  const more = finding === "" || what.includes(finding) ? [] : [finding];
  return {
    look: isOver ? "well" : rule === "unread" ? "unknown" : (transition.to ?? "well"),
    headline: (columns) =>
      fit({ ...labels, finding }, columns, ({ finding: cut = "", ...own }) => {
        const short = { ...transition, labels: own };
        return words.alert.headline.begin(headline(short, words, cut), namesIn(short));
      }),
    subject: what,
    facts: [...known(change(transition, words)), ...more, ...known(crossedBy(transition, words))],
    lines: (reasons) => {
      const cut = columnsOf(whole) > headlineColumns - signColumns ? [whole] : [];
      return linesAlone(transition, [...cut, ...more, ...reasons], announcement, time);
    },
    command: stepOf(transition, announcement),
  };
}

/** What their owners named; the name of a metric, and of a unit, is ours. */
const namesIn = ({ labels: { metric: _own, uom: _unit, ...labels } }: Transition) => Object.values(labels);

/** A text in so many columns: its longest name is cut, so that the number stays; then what was found is left out. */
function fit(names: Labels, columns: number, say: (names: Labels) => string): string {
  const all = Object.entries(names).map(([label, name]) => [label, printable(name)] as const);
  const tooMany = columnsOf(say(Object.fromEntries(all))) - columns;
  const [longest = ["", ""]] = all
    .filter(([label]) => label !== "uom")
    .toSorted(([, one], [, other]) => columnsOf(other) - columnsOf(one));
  const room = Math.max(shortestName, columnsOf(longest[1]) - Math.max(0, tooMany));
  const cut = all.map(([label, name]) => [label, label === longest[0] ? clipColumns(name, room) : name] as const);
  const text = say(Object.fromEntries(cut));
  const isLast = columnsOf(text) <= columns || (names["finding"] ?? "") === "";
  return isLast ? clipColumns(text, columns) : fit({ ...names, finding: "" }, columns, say);
}

const shortestName = 8;

/** As a shell reads it back, and as `check --rules` has it. */
const quotedName = ({ rule, labels }: Transition) => shellQuoted(printable(targetName(rules[rule], labels)));

const keyOf = ({ rule, labels }: Transition) => observationKey({ name: rules[rule].observation, labels });

/** The command to run next; null for good news. */
function stepOf(transition: Transition, { tools }: Announcement): string | null {
  const { kind, rule, to } = transition;
  if (to === null || kind === "better") return null;
  return nextSteps[rule](quotedName(transition), tools?.get(keyOf(transition)));
}

/** What it is said to be since, when that is not now. */
const noticedMs = 5 * minuteMs;

function linesAlone(
  transition: Transition,
  facts: readonly string[],
  announcement: Announcement,
  time: Time,
): readonly Line[] {
  const { nowMs, words } = announcement;
  const { kind, rule, labels, from, peak, sinceMs, untilMs, onAndOff = false, again, nextReminderMs } = transition;
  const { alert } = words;
  if (kind === "recovered") {
    const { notation } = rules[rule];
    // Of a countdown the worst is the end, and a state has no number.
    const hasMost = peak !== undefined && !["state", "count", "days", "hours"].includes(notation);
    const most = hasMost ? formatValue(peak, rule, labels, words) : null;
    return [{ facts: [alert.past(from ?? "warning", time(sinceMs), time(untilMs), most, onAndOff)] }];
  }
  const seconds = lasted(transition);
  const isChange = (kind === "worse" || kind === "better") && from !== null;
  const [first = null, ...rest] = facts;
  const more = [
    known(first, isChange ? alert.before(from, seconds) : null, kind === "longer" ? alert.longer : null),
    ...rest.map((fact) => [fact]),
    ...(again === undefined
      ? []
      : [[alert.again(again.count, again.usualMs / 1000)], [alert.againQuiet(again.expectedMs / 1000)]]),
  ].filter((line) => line.length > 0);
  const command = stepOf(transition, announcement);
  const step = command === null ? [] : [[{ label: null, command }]];
  const hasBegun = kind === "raised" && nowMs - sinceMs >= noticedMs;
  const small: readonly Fact[] = [
    hasBegun ? alert.since(time(sinceMs)) : time(nowMs),
    ...known(crossedBy(transition, words)),
    ...(nextReminderMs === undefined ? [] : [alert.nextReminder((nextReminderMs - nowMs) / 1000)]),
    ...(command !== null ? [{ label: alert.quiet, command: muteCommand(rule, quotedName(transition)) }] : []),
  ];
  const shown: readonly (readonly Fact[])[] = [...more.slice(0, mostLines - 1 - step.length), ...step];
  return [...shown.map((line) => ({ facts: line })), { facts: small, isSmall: true }];
}

function pieceOfEvent(event: Event, { nowMs, words }: Announcement, time: Time): Piece {
  const text = printable(eventNews(event, words));
  const whole = words.alert.headline.begin(
    event.severity === "notice" ? text : words.alert.headline.raised(text, event.severity),
    [],
  );
  const details = eventDetails(event, words, time);
  const command = event.kind === "changed" ? stepAfter(event.change) : stepsAfter[event.kind];
  return {
    look: event.severity,
    headline: (columns) => clipColumns(whole, columns),
    subject: words.alert.headline.begin(text, []),
    facts: details,
    lines: (reasons) => {
      const cut = columnsOf(whole) > headlineColumns - signColumns ? [whole] : [];
      const lines: readonly Fact[] = [...cut, ...details, ...reasons];
      const step = command === null ? [] : [{ label: null, command }];
      const shown = [...lines.slice(0, mostLines - 1 - step.length), ...step];
      return [...shown.map((fact) => ({ facts: [fact] })), { facts: [time(nowMs)], isSmall: true }];
    },
    command,
  };
}

function stepAfter(changed: Change): string | null {
  const quoted = (name: string) => shellQuoted(printable(name));
  return stepAfterChange(changed, quoted(changed.subject), quoted(changed.detail ?? ""));
}

/** What began and ended while everything was quiet. */
function pieceOfHeld(held: readonly Held[], { words }: Announcement): Piece {
  const { mute, event, rules: forms } = words;
  const line = mute.heldList(
    held.map((one) =>
      "event" in one
        ? event.kinds[one.event]
        : forms[one.rule].over(one.labels, formatValue(one.value, one.rule, one.labels, words)),
    ),
  );
  return {
    look: "muted",
    headline: (columns) => clipColumns(mute.held(held.length), columns),
    subject: mute.held(held.length),
    facts: [line],
    lines: () => [{ facts: [line] }],
    command: null,
  };
}
