import type { Clock } from "../clock.ts";
import type { Host } from "../model/host.ts";

/** Readings that bother others: programs, pages, ports. */
const othersMs = 60_000;
/** The inventory hardly changes and starts forty programs. It may fail once on a busy machine. */
const inventoryMs = 600_000;

/**
 * The same machine for one who looks every other second: what starts programs or bothers other servers is asked once a
 * minute, and what hardly changes once in ten.
 */
export function sparing(host: Host, clock: Clock): Host {
  return {
    ...host,
    inventory: remembering(host.inventory, clock, inventoryMs),
    run: remembering(host.run, clock, othersMs),
    checkHttp: remembering(host.checkHttp, clock, othersMs),
    checkTcp: remembering(host.checkTcp, clock, othersMs),
    askProbe: remembering(host.askProbe, clock, othersMs),
  };
}

/** Answers the same question alike for some time; a failure is an answer, too. */
function remembering<Question extends readonly unknown[], Answer>(
  ask: (...question: Question) => Promise<Answer>,
  clock: Clock,
  forMs: number,
): (...question: Question) => Promise<Answer> {
  const known = new Map<string, { readonly atMs: number; readonly answer: Promise<Answer> }>();
  return (...question) => {
    const key = JSON.stringify(question);
    const last = known.get(key);
    if (last !== undefined && clock.monotonicMs() - last.atMs < forMs) return last.answer;
    const answer = ask(...question);
    known.set(key, { atMs: clock.monotonicMs(), answer });
    return answer;
  };
}
