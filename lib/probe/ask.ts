import type { Host } from "../model/host.ts";
import type { Moment } from "../model/metric.ts";
import type { Probe, ProbeAnswer, ProbeFinding } from "../model/probe.ts";
import { findingOf } from "./finding.ts";

/** A finding, and when it was asked with which settings. */
type Asked = ProbeFinding & { readonly askedMs: number; readonly fingerprint: string };

/** At once: a small server has other things to do. */
const mostAtOnce = 8;
/** For all of them, milliseconds. The run has a minute, and Discord wants most of it. */
const budgetMs = 30_000;

/**
 * Asks all probes, eight at once, the slowest of them first never in the way of the others for longer than its timeout. One
 * that is not due keeps its answer; one without an answer is asked again in each look.
 */
export async function askAll(
  host: Host,
  probes: readonly Probe[],
  moment?: Moment<readonly Asked[]>,
): Promise<Asked[]> {
  const { before = null, clock } = moment ?? {};
  const nowMs = clock?.now() ?? 0;
  const startMs = clock?.monotonicMs() ?? 0;
  const findings: Asked[] = [];
  const waiting = probes.entries();
  const work = async () => {
    for (const [index, probe] of waiting) {
      const kept = before?.find((one) => one.probe === probe.name && isFresh(one, probe, nowMs));
      const leftMs = budgetMs - ((clock?.monotonicMs() ?? 0) - startMs);
      const deadlineMs = Math.min(probe.timeoutSeconds * 1000, leftMs);
      findings[index] = kept ?? {
        ...findingOf(probe, await ask(host, probe, deadlineMs)),
        askedMs: nowMs,
        fingerprint: probe.fingerprint,
      };
    }
  };
  await Promise.all(Array.from({ length: mostAtOnce }, work));
  return findings;
}

/** Less is too little for any answer, milliseconds. */
const leastMs = 50;

async function ask(host: Host, probe: Probe, deadlineMs: number): Promise<ProbeAnswer> {
  return deadlineMs < leastMs ? { kind: "nothing", problem: { code: "noTime" } } : host.askProbe(probe, deadlineMs);
}

/** A minute early counts: looks are not made to the second. */
const earlyMs = 60_000;

function isFresh({ state, askedMs, fingerprint }: Asked, probe: Probe, nowMs: number): boolean {
  const isDue = nowMs - askedMs >= probe.everyMs - earlyMs || askedMs > nowMs;
  return state !== null && fingerprint === probe.fingerprint && !isDue;
}
