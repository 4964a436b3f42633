import type { Flags } from "../cli/parse.ts";
import { deliverAll } from "../deliver/channels.ts";
import { openRoutes } from "../deliver/routes.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { type ExportState, exportState, newExport } from "../export/memory.ts";
import { isoTime, jsonText, printable } from "../format.ts";
import type { Config } from "../settings/config.ts";
import { nameOfTarget } from "../settings/exports.ts";
import { type ChannelSettings, findWebhooks } from "../settings/webhook.ts";
import { type DeadLetter, deadLetters, removeDeadLetter } from "../state/deadLetters.ts";
import { forgetGone } from "../state/keyValue.ts";
import { attempt } from "../state/fault.ts";
import { type Inspection, inspectState } from "../state/inspect.ts";
import { choiceOf, openState } from "../state/opening.ts";
import { makeAllDue, type OutboxRow, remove, waiting as allWaiting } from "../state/outbox.ts";
import { consult } from "../state/reading.ts";
import { complain, type World } from "../world.ts";
import { numbers as en } from "../words/en/numbers.ts";
import { conclude } from "./report/conclude.ts";

type OutboxSettings = ChannelSettings & Pick<Config, "exports">;

/** Lists what waits and what was refused; `--retry` sends what waits now, `--drop` throws one message away. */
export async function outbox(world: World, config: OutboxSettings, flags: Flags): Promise<ExitCode> {
  if (flags.retry === undefined && flags.drop === undefined) return list(world, config, flags);
  const message = flags.drop === undefined ? null : messageIn(flags.drop);
  if (message === undefined) return unknownMessage(world, flags);
  const choice = await choiceOf(world, flags);
  const place = await inspectState(choice, world.machine.clock.now());
  if (place.kind === "absent") return noState(world, `${place.path}: ${nothingHere}`);
  using state = await openState(choice, world.machine.clock);
  if (state === null) {
    complain(world, ["another run is in progress; try again in a minute"]);
    return exitCodes.notDelivered;
  }
  if (state.ephemeral !== null) return noState(world, state.ephemeral.reason);
  if (message !== null) {
    const dropped = attempt(() => (message.isDead ? removeDeadLetter : remove)(state.database, message.id));
    if (!dropped.ok) return noState(world, dropped.problem);
    return dropped.value ? exitCodes.ok : unknownMessage(world, flags);
  }
  const found = findWebhooks(world.env, world.baked, config);
  if (!found.ok) {
    complain(world, [found.problem]);
    return exitCodes.config;
  }
  const ready = attempt(() => {
    makeAllDue(state.database);
    forgetGone(state.database);
  });
  if (!ready.ok) return noState(world, ready.problem);
  return conclude(world, state, await deliverAll(world, state, found.value, 0, await openRoutes(config.alerts.also)));
}

const nothingHere =
  "nothing is recorded there yet; if a schedule keeps its state elsewhere, name that with --state-dir";

function noState(world: World, reason: string): ExitCode {
  complain(world, [`no state: ${reason}`]);
  return exitCodes.noState;
}

/** Dead letters have a D before their number, because the two are counted apart. Undefined for what is no id. */
function messageIn(typed: string): { readonly isDead: boolean; readonly id: number } | undefined {
  const [, dead = "", digits] = /^(D?)(\d{1,15})$/i.exec(typed) ?? [];
  return digits === undefined ? undefined : { isDead: dead !== "", id: Number(digits) };
}

function unknownMessage(world: World, { drop: typed }: Flags): ExitCode {
  complain(world, [
    `--drop: expected the id of a message, as server-metrics outbox lists them, got ${JSON.stringify(typed)}`,
  ]);
  return exitCodes.usage;
}

async function list(world: World, { exports: targets }: OutboxSettings, flags: Flags): Promise<ExitCode> {
  const nowMs = world.machine.clock.now();
  const choice = await choiceOf(world, flags);
  const kept = await consult(choice, nowMs, (database) => ({
    waits: allWaiting(database),
    dead: deadLetters(database),
    exports: targets.map((target) => exportState(database, target)),
  }));
  const { waits = [], dead = [] } = kept ?? {};
  const exports = targets.map((target, index) => ({
    to: nameOfTarget(target),
    ...(kept?.exports[index] ?? newExport),
  }));
  if (flags.json === undefined) {
    const lines = [
      ...waits.map((row) => lineOf(row, nowMs)),
      ...dead.map((letter) => deadLineOf(letter, nowMs)),
      ...exports.flatMap((one) => exportLineOf(one, nowMs)),
    ];
    const found = kept === null ? await inspectState(choice, nowMs) : null;
    world.output.out(lines.join("") || `${nothingIn(found)}\n`);
    return exitCodes.ok;
  }
  const waiting = waits.map(forPrograms);
  const document = { schema: 1, waiting, dead: dead.map(deadForPrograms), exports: exports.map(exportForPrograms) };
  world.output.out(jsonText(document));
  return exitCodes.ok;
}

/** What an empty list means: an empty outbox, no state yet, or one that could not be read. */
function nothingIn(found: Inspection | null): string {
  if (found?.kind === "absent") return `Nothing waits. ${found.path}: ${nothingHere}`;
  if (found === null || found.kind === "unwanted") return "Nothing waits.";
  const reason = found.kind === "usable" ? [found.path, ...found.notes].join("; ") : found.reason;
  return `Nothing is known to wait: ${reason}`;
}

const age = (ms: number, nowMs: number) => en.duration((nowMs - ms) / 1000);

function lineOf(row: OutboxRow, nowMs: number): string {
  const facts = [
    `${row.kind}${row.route === "discord" ? "" : ` to ${printable(row.route)}`}, ${age(row.created_at, nowMs)} old`,
    en.count.attempts(row.attempts),
    ...(row.ambiguous === 1 ? ["may have arrived"] : []),
    ...(row.reason === null ? [] : [printable(row.reason)]),
    ...(row.not_before > nowMs ? [`not before ${isoTime(row.not_before)}`] : []),
  ];
  return `${String(row.id).padStart(6)}  ${facts.join("; ")}\n`;
}

function deadLineOf({ id, kind, created_at, reason }: DeadLetter, nowMs: number): string {
  return `${`D${id}`.padStart(6)}  refused ${printable(kind)}, ${age(created_at, nowMs)} old; ${printable(reason)}\n`;
}

type Export = ExportState & { readonly to: string };

/** An export's backlog is the history since its last success. */
function exportLineOf({ to, sentMs, notBeforeMs, reason }: Export, nowMs: number): readonly string[] {
  if (reason === null) return [];
  const facts = [
    `export to ${to}`,
    ...(sentMs === null || sentMs === 0 ? [] : [`sent until ${isoTime(sentMs)}`]),
    printable(reason),
    ...(notBeforeMs > nowMs ? [`not before ${isoTime(notBeforeMs)}`] : []),
  ];
  return [`     -  ${facts.join("; ")}\n`];
}

function exportForPrograms({ to, sentMs, notBeforeMs, reason }: Export) {
  const sentUntil = sentMs === null || sentMs === 0 ? null : isoTime(sentMs);
  return { to, sentUntil, notBefore: notBeforeMs === 0 ? null : isoTime(notBeforeMs), reason };
}

function forPrograms({ id, kind, route, created_at, attempts, ambiguous, not_before, reason }: OutboxRow) {
  const notBefore = not_before === 0 ? null : isoTime(not_before);
  const perhapsDelivered = ambiguous === 1;
  return { id, kind, route, createdAt: isoTime(created_at), attempts, perhapsDelivered, notBefore, reason };
}

function deadForPrograms({ id, kind, route, created_at, reason }: DeadLetter) {
  return { id: `D${id}`, kind, route, createdAt: isoTime(created_at), reason };
}
