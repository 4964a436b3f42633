import type { Flags } from "../cli/parse.ts";
import { noPast, type Past, readPast } from "../state/past.ts";
import { openForReading } from "../state/reading.ts";
import type { World } from "../world.ts";

/** Measures with what is remembered. That takes its time, and a run that wants to write meanwhile does not wait for it. */
export async function withPast<T>(
  { env, machine }: World,
  { stateDir }: Flags,
  measure: (past: Past) => Promise<T>,
): Promise<T> {
  const database = openForReading({ flag: stateDir, env }, machine.clock.now());
  if (database === null) return measure(noPast);
  try {
    const past = readPast(database);
    // The lock ends with the transaction that openForReading began.
    database.run("COMMIT");
    return await measure(past);
  } finally {
    database.close();
  }
}
