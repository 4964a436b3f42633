import { incidentText } from "../alerts/incidents.ts";
import type { ObservationName } from "../metrics/index.ts";
import type { Change } from "../model/change.ts";
import { type Host, ifThere } from "../model/host.ts";
import type { ObservationKey } from "../model/observation.ts";
import { isOwnUnit, readUnits } from "../proc/systemctl.ts";
import { causesMs, type Happening } from "../report/causes.ts";
import type { Config } from "../settings/config.ts";
import type { CauseWords } from "../words/en/causes.ts";
import type { Words } from "../words/en.ts";
import type { Inquiry } from "./diskInquiry.ts";

/** What happened in the two hours before: reboots, kills, units, jobs and other alerts. */
export async function findHappenings(inquiry: Inquiry, nowMs: number): Promise<readonly Happening[]> {
  const { machine, config, past, news, measured, words } = inquiry;
  const forms = await words.later.causes();
  const sinceMs = nowMs - causesMs;
  const { host, jobs } = measured.snapshot.readings;
  const uptime = host.status === "ok" ? (host.value.uptimeSeconds ?? Infinity) : Infinity;
  const bootedMs = nowMs - uptime * 1000;
  const runs = past.runsSince(sinceMs, new Set<ObservationKey<ObservationName>>(['vmstat_oom_kills{window="report"}']));
  const kills = runs.flatMap(({ atMs, numbers }): readonly Happening[] => {
    const count = [...numbers.values()][0] ?? 0;
    return count > 0 ? [{ kind: "kill", atMs, subject: "", text: forms.kills(count) }] : [];
  });
  const others = measured.incidents.flatMap((one): readonly Happening[] => {
    const isNew = news.transitions.some(({ sinceMs: begin }) => begin === one.fromMs);
    // An alert that has ended does not explain a new one.
    if (isNew || one.toMs !== null || one.fromMs < sinceMs) return [];
    const subject = "labels" in one ? Object.values(one.labels).join(" ") : "";
    return [{ kind: "alert", atMs: one.fromMs, subject, text: incidentText(one, words) }];
  });
  const jobRuns = (jobs.status === "ok" ? jobs.value.jobs : []).flatMap(({ job, runs: all }): readonly Happening[] => {
    const [last, before] = [all.at(-1), all.at(-2)];
    // One that runs all the time is no cause of what begins now.
    const isRare = last !== undefined && last.startedAt - (before?.startedAt ?? 0) >= causesMs;
    if (!isRare || last.startedAt < sinceMs) return [];
    const state = last.endedAt === null ? "running" : last.exit === 0 ? "ended" : "failed";
    return [{ kind: "job", atMs: last.endedAt ?? last.startedAt, subject: job, text: forms.job(job, state) }];
  });
  const changes = [...measured.changes, ...past.changesSince(sinceMs)].flatMap((one) => asHappening(one, forms, words));
  return [
    ...changes,
    ...(bootedMs < sinceMs ? [] : [{ kind: "reboot", atMs: bootedMs, subject: "", text: forms.rebooted } as const]),
    ...kills,
    ...others,
    ...jobRuns,
    ...(await findStarts(machine.host, config, bootedMs, nowMs, forms.started)),
  ];
}

/** Reboots and starts are known better from the machine itself. */
function asHappening(change: Change, forms: CauseWords, words: Words): readonly Happening[] {
  const { kind, action, atMs, subject, names } = change;
  if (kind === "reboot" || kind === "restart") return [];
  const isPackage = kind === "package";
  const text = isPackage ? forms.packages(names.slice(0, 3), action) : words.changes.news(change);
  return [{ kind: isPackage ? "package" : "change", atMs, subject: [subject, ...names].join(" "), text }];
}

/** Units that start this soon after the boot belong to it. */
const bootMs = 10 * 60_000;

/** The units that were started since. */
async function findStarts(
  host: Host,
  config: Config,
  bootedMs: number,
  nowMs: number,
  say: (unit: string) => string,
): Promise<readonly Happening[]> {
  const units = await ifThere(readUnits(host, config)).catch(() => null);
  return (units ?? []).flatMap((unit): readonly Happening[] => {
    const { id, activeState, startedAt } = unit;
    const atMs = bootedMs + startedAt / 1000;
    const isNew = startedAt > 0 && atMs >= Math.max(nowMs - causesMs, bootedMs + bootMs) && atMs <= nowMs;
    const isOn = activeState === "active" || activeState === "activating";
    return isNew && isOn && !isOwnUnit(unit) ? [{ kind: "start", atMs, subject: id, text: say(id) }] : [];
  });
}
