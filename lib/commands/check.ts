import { targetOfKey } from "../alerts/mutes.ts";
import { ruleNames } from "../alerts/rules.ts";
import type { Flags } from "../cli/parse.ts";
import { dayMs } from "../clock.ts";
import { probe } from "../deliver/request.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { probeExport } from "../export/probe.ts";
import { isoTime } from "../format.ts";
import { fileFacts } from "../host/executable.ts";
import { didYouMean } from "../nearest.ts";
import { matchesGlob } from "../settings/alerts.ts";
import { type ExportTarget, nameOfTarget } from "../settings/exports.ts";
import { type Box, thisBox } from "../install/box.ts";
import { findRival } from "../install/conflict.ts";
import type { LoadedSettings } from "../settings/load.ts";
import { findWebhook, type WebhookSettings } from "../settings/webhook.ts";
import { inspectState } from "../state/inspect.ts";
import { missedHeartbeat } from "../state/heartbeat.ts";
import { deadLetters } from "../state/deadLetters.ts";
import { choiceOf } from "../state/opening.ts";
import { consult } from "../state/reading.ts";
import { readTargets } from "../state/targets.ts";
import { en } from "../words/en.ts";
import type { World } from "../world.ts";
import { type Finding, finding, machineName, printFindings } from "./findings.ts";
import { blindSpots, runningRows } from "./status/forCheck.ts";

/** Largest clock error before certificates and times in the card suffer. */
const clockToleranceMs = 60_000;

/** Looks at everything that a report needs, without posting. Ends with the code of the worst finding. */
export async function check(
  world: World,
  flags: Flags,
  settings: LoadedSettings,
  box: Box = thisBox,
): Promise<ExitCode> {
  const findings = [
    ...checkSettings(world, settings),
    ...(await checkWebhook(world, settings.ok ? settings.value : {})),
    ...(await checkExports(world, settings.ok ? settings.value.exports : [])),
    ...(await checkTargets(world, flags, settings)),
    ...(await checkState(world, flags, settings.ok ? settings.value : {})),
    ...(await checkRefused(world, flags)),
    ...(await checkHeartbeat(world, flags, settings.ok ? settings.value.heartbeat : null)),
    ...checkProgram(world),
    ...(await runningRows(world, flags, settings, box)),
    ...(await blindSpots(world, box)),
  ];
  const name = await machineName(world, settings.ok ? settings.value.name : null);
  printFindings(world, flags, findings, { name, well: world.words.terminal.works });
  return findings.find(({ ok }) => !ok)?.code ?? exitCodes.ok;
}

function checkSettings({ baked }: World, settings: LoadedSettings): readonly Finding[] {
  if (!settings.ok) return settings.problems.map((problem) => finding("settings", problem, "", exitCodes.config));
  const { file } = settings;
  const facts = file === null ? null : fileFacts(file);
  if (file === null || facts === null) {
    const says = baked.settings === undefined ? "none, so all as by default" : "those built in";
    return [finding("settings", null, says, exitCodes.ok)];
  }
  const { webhook, heartbeat, exports } = settings.value;
  const isSecret = webhook !== null || heartbeat !== null || exports.some(({ way }) => way !== "file");
  const { mode, owner } = facts;
  const problem = `${file}: mode ${octal(mode)} lets other users read the secrets in it`;
  const says = `${file}; mode ${octal(mode)}, owner ${owner}`;
  return [
    finding("settings", isSecret && (mode & 0o077) !== 0 ? problem : null, says, exitCodes.config, `chmod 600 ${file}`),
  ];
}

const octal = (mode: number) => mode.toString(8).padStart(4, "0");

async function checkWebhook(world: World, settings: WebhookSettings): Promise<readonly Finding[]> {
  const { env, baked, fetch, version, machine, output } = world;
  const found = findWebhook(env, baked, settings);
  if (!found.ok) return [finding("webhook", found.problem, "", exitCodes.config)];
  const { clock } = machine;
  const heard: { dateMs?: number } = {};
  const hearDate = (dateMs: number) => void (heard.dateMs = dateMs);
  output.doing("asking Discord");
  const outcome = await probe({ fetch, version, clock, webhook: found.value, hearDate });
  const code = outcome.kind === "gone" ? exitCodes.webhookGone : exitCodes.notDelivered;
  const problem = outcome.kind === "delivered" ? null : outcome.reason;
  const { id, threadId } = found.value;
  const webhook = finding("webhook", problem, `${id} answers${threadId ? `; for thread ${threadId}` : ""}`, code);
  if (heard.dateMs === undefined) return [webhook];
  const offMs = clock.now() - heard.dateMs;
  const off = `${en.duration(Math.abs(offMs) / 1000)} ${offMs < 0 ? "behind" : "ahead of"} Discord's: set it, with NTP`;
  const bad = Math.abs(offMs) > clockToleranceMs;
  return [webhook, finding("clock", bad ? off : null, "agrees with Discord's", exitCodes.notDelivered)];
}

/** Names targets of the settings that match nothing that any run has seen: by a typing error, a rule is not off there. */
async function checkTargets(world: World, flags: Flags, settings: LoadedSettings): Promise<readonly Finding[]> {
  const rules = settings.ok ? settings.value.rules : {};
  const named = ruleNames.flatMap((rule) => {
    const own = rules[rule];
    return own === undefined || own === false ? [] : Object.keys(own.targets ?? {}).map((target) => ({ rule, target }));
  });
  if (named.length === 0) return [];
  const nowMs = world.machine.clock.now();
  const states = await consult(await choiceOf(world, flags), nowMs, (database) => readTargets(database, nowMs));
  const seen = Object.keys(states ?? {}).flatMap((key) => Object.values(targetOfKey(key)?.labels ?? {}));
  if (seen.length === 0) return [];
  const unseen = named.filter(({ target }) => !seen.some((label) => matchesGlob(label, target)));
  return unseen.map(({ rule, target }) => {
    const meant = didYouMean(target, seen, JSON.stringify);
    const says = `rules.${rule}.targets.${JSON.stringify(target)} matches nothing that was seen here${meant}`;
    return finding("targets", null, says, exitCodes.ok);
  });
}

function checkExports(world: World, targets: readonly ExportTarget[]): Promise<readonly Finding[]> {
  if (targets.length > 0) world.output.doing("asking the engines");
  const findings = targets.map(async (target) => {
    const [name, problem] = [nameOfTarget(target), await probeExport(target, world)];
    const says = `${name} ${target.way === "file" ? "can be written" : "answers"}`;
    return finding("export", problem === null ? null : `${name}: ${problem}`, says, exitCodes.notDelivered);
  });
  return Promise.all(findings);
}

async function checkState(world: World, flags: Flags, settings: WebhookSettings): Promise<readonly Finding[]> {
  const found = await inspectState(await choiceOf(world, flags), world.machine.clock.now());
  switch (found.kind) {
    case "unwanted":
      return [finding("state", null, "none, as asked", exitCodes.ok)];
    case "absent":
      return [finding("state", null, `${found.path}; nothing there yet, the first report begins it`, exitCodes.ok)];
    case "usable": {
      const lock = found.isLocked ? "held: another run is at work" : "free";
      const says = [found.path, ...found.notes].join("; ");
      const rival = await findRival(world, flags, settings);
      return [finding("state", rival, says, exitCodes.config), finding("lock", null, lock, exitCodes.ok)];
    }
    case "newer":
      return [finding("state", found.reason, "", exitCodes.config)];
    case "hung":
      return [finding("lock", found.reason, "", exitCodes.noState)];
    case "unusable":
      return [finding("state", found.reason, "", exitCodes.noState)];
  }
}

/** What became of the last heartbeat. To send one would be a sign of life that no run has given. */
async function checkHeartbeat(world: World, flags: Flags, heartbeat: string | null): Promise<readonly Finding[]> {
  if (heartbeat === null) return [];
  const missed = await consult(await choiceOf(world, flags), world.machine.clock.now(), missedHeartbeat);
  const problem = missed === null ? null : `not taken since ${isoTime(missed.sinceMs)}: ${missed.reason}`;
  return [finding("heartbeat", problem, "nothing known against it", exitCodes.notDelivered)];
}

/** A refused message is news for so long. */
const refusedMs = 7 * dayMs;

/** What was refused for good of late: such a message never arrives, and the cards tell of it only once. */
async function checkRefused(world: World, flags: Flags): Promise<readonly Finding[]> {
  const nowMs = world.machine.clock.now();
  const letters = (await consult(await choiceOf(world, flags), nowMs, deadLetters)) ?? [];
  const recent = letters.filter(({ created_at: atMs }) => nowMs - atMs < refusedMs);
  const last = recent.at(-1);
  if (last === undefined) return [];
  const says = `${en.count.messages(recent.length)} of the last 7 days: ${last.reason}`;
  return [finding("refused", says, "", exitCodes.notDelivered, "server-metrics outbox")];
}

/** Anyone who can read the executable can read the webhook inside. */
function checkProgram({ baked, programFile }: World): readonly Finding[] {
  const facts = fileFacts(programFile);
  if (facts === null) return [];
  const open = baked.webhook !== undefined && (facts.mode & 0o077) !== 0;
  const mode = `mode ${octal(facts.mode)}`;
  const problem = open ? `${mode} lets other users read the webhook` : null;
  return [finding("program", problem, mode, exitCodes.config, `chmod 700 ${programFile}`)];
}
