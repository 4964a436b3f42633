import { targetOfKey } from "../alerts/mutes.ts";
import { ruleNames } from "../alerts/rules.ts";
import type { Flags } from "../cli/parse.ts";
import { probe } from "../deliver/request.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { probeExport } from "../export/probe.ts";
import { fileFacts } from "../host/executable.ts";
import { didYouMean } from "../nearest.ts";
import { nameOfRoute } from "../settings/also.ts";
import type { AlsoRoute } from "../settings/alsoTable.ts";
import { type ExportTarget, nameOfTarget } from "../settings/exports.ts";
import { matchesGlob } from "../settings/globs.ts";
import { type Box, thisBox } from "../install/box.ts";
import { findRival } from "../install/conflict.ts";
import type { LoadedSettings } from "../settings/load.ts";
import { findWebhook, type WebhookSettings } from "../settings/webhook.ts";
import { inspectState } from "../state/inspect.ts";
import { choiceOf } from "../state/opening.ts";
import { consult } from "../state/reading.ts";
import { readTargets } from "../state/targets.ts";
import { remedies } from "../words/commands.ts";
import type { CheckWords } from "../words/en/check.ts";
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
  const words = await world.words.later.check();
  const findings = [
    ...checkSettings(world, settings, words),
    ...(await checkWebhook(world, settings.ok ? settings.value : {}, words)),
    ...(await checkExports(world, settings.ok ? settings.value.exports : [], words)),
    ...(await checkRoutes(world, settings.ok ? (settings.value.alerts.also ?? []) : [], words)),
    ...(settings.ok && settings.value.probes.length > 0
      ? await (await import("./probes.ts")).checkProbes(world, settings.value)
      : []),
    ...(await checkTargets(world, flags, settings, words)),
    ...(await checkState(world, flags, settings.ok ? settings.value : {}, words)),
    ...checkProgram(world, words),
    ...(await runningRows(world, flags, settings, box)),
    ...(await blindSpots(world, flags, settings, box)),
  ];
  const name = await machineName(world, settings.ok ? settings.value.name : null);
  printFindings(world, flags, findings, { name, well: world.words.terminal.works });
  return findings.find(({ ok }) => !ok)?.code ?? exitCodes.ok;
}

function checkSettings(
  { baked }: World,
  settings: LoadedSettings,
  { settings: words }: CheckWords,
): readonly Finding[] {
  if (!settings.ok) return settings.problems.map((problem) => finding("settings", problem, "", exitCodes.config));
  const { file } = settings;
  const facts = file === null ? null : fileFacts(file);
  if (file === null || facts === null) {
    const says = baked.settings === undefined ? words.defaults : words.baked;
    return [finding("settings", null, says, exitCodes.ok)];
  }
  const { webhook, heartbeat, exports, alerts, probes } = settings.value;
  const isSecret =
    webhook !== null ||
    heartbeat !== null ||
    alerts.also !== undefined ||
    exports.some(({ way }) => way !== "file") ||
    probes.some(({ source }) => source.kind === "url");
  const { mode, owner } = facts;
  const problem = isSecret && (mode & 0o077) !== 0 ? words.open(file, octal(mode)) : null;
  return [finding("settings", problem, words.file(file, octal(mode), owner), exitCodes.config, `chmod 600 ${file}`)];
}

const octal = (mode: number) => mode.toString(8).padStart(4, "0");

async function checkWebhook(world: World, settings: WebhookSettings, words: CheckWords): Promise<readonly Finding[]> {
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
  const webhook = finding("webhook", problem, words.webhook(id, threadId || null), code);
  if (heard.dateMs === undefined) return [webhook];
  const offMs = clock.now() - heard.dateMs;
  const off = Math.abs(offMs) > clockToleranceMs ? words.clock.off(offMs / 1000) : null;
  return [webhook, finding("clock", off, words.clock.agrees, exitCodes.notDelivered, remedies.clock)];
}

/** Names targets of the settings that match nothing that any run has seen: by a typing error, a rule is not off there. */
async function checkTargets(
  world: World,
  flags: Flags,
  settings: LoadedSettings,
  words: CheckWords,
): Promise<readonly Finding[]> {
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
    const says = words.target(`rules.${rule}.targets.${JSON.stringify(target)}`, meant);
    return finding("targets", null, says, exitCodes.ok);
  });
}

function checkExports(
  world: World,
  targets: readonly ExportTarget[],
  { export: words }: CheckWords,
): Promise<readonly Finding[]> {
  if (targets.length > 0) world.output.doing("asking the engines");
  const findings = targets.map(async (target) => {
    const [name, problem] = [nameOfTarget(target), await probeExport(target, world)];
    const says = target.way === "file" ? words.file(name) : words.url(name);
    return finding("export", problem === null ? null : words.problem(name, problem), says, exitCodes.notDelivered);
  });
  return Promise.all(findings);
}

/** Whether the other routes of alerts can be reached; test-alert says whether they take one. */
async function checkRoutes(world: World, routes: readonly AlsoRoute[], words: CheckWords): Promise<readonly Finding[]> {
  if (routes.length === 0) return [];
  const { probeRoute } = await import("../deliver/also.ts");
  const findings = routes.map(async (route) => {
    const [name, problem] = [nameOfRoute(route), await probeRoute(route, world)];
    const bad = problem === null ? null : words.export.problem(name, problem);
    return finding("route", bad, words.export.url(name), exitCodes.notDelivered);
  });
  return Promise.all(findings);
}

async function checkState(
  world: World,
  flags: Flags,
  settings: WebhookSettings,
  { state: words }: CheckWords,
): Promise<readonly Finding[]> {
  const found = await inspectState(await choiceOf(world, flags), world.machine.clock.now());
  switch (found.kind) {
    case "unwanted":
      return [finding("state", null, words.unwanted, exitCodes.ok)];
    case "absent":
      return [finding("state", null, words.absent(found.path), exitCodes.ok)];
    case "usable": {
      const lock = found.isLocked ? words.locked : words.free;
      const says = words.usable(found.path, found.notes);
      const rival = await findRival(world, flags, settings);
      return [finding("state", rival, says, exitCodes.config), finding("lock", null, lock, exitCodes.ok)];
    }
    case "newer":
      return [finding("state", found.reason, "", exitCodes.config)];
    case "hung":
      return [finding("lock", found.reason, "", exitCodes.noState)];
    case "full":
    case "unusable":
      return [finding("state", found.reason, "", exitCodes.noState)];
  }
}

/** Anyone who can read the executable can read the webhook inside. */
function checkProgram({ baked, programFile }: World, { program: words }: CheckWords): readonly Finding[] {
  const facts = fileFacts(programFile);
  if (facts === null) return [];
  const open = baked.webhook !== undefined && (facts.mode & 0o077) !== 0;
  const mode = octal(facts.mode);
  const problem = open ? words.open(mode) : null;
  return [finding("program", problem, words.mode(mode), exitCodes.config, `chmod 700 ${programFile}`)];
}
