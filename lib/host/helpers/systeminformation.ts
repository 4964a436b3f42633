import { cpu, currentLoad, diskLayout, fsSize, graphics, mem, memLayout, system } from "systeminformation";

/*
 * The only file that imports systeminformation, and loaded only when it is asked: its import alone costs 10 ms. Of its
 * calls these few are safe. Not among them: osInfo() waits 10 s for a dead DNS, processes() hangs and spins.
 */
const calls = { cpu, diskLayout, fsSize, graphics, mem, memLayout, system };

/** A question to systeminformation that is asked in a helper process. */
export type Call = keyof typeof calls;

const isCall = (name: string): name is Call => Object.hasOwn(calls, name);

/** The answer to one call as JSON. It may start shells and wait for them without a deadline, so only in a helper. */
export async function answerCall(name: string): Promise<string> {
  if (!isCall(name)) throw new Error("no such call");
  return JSON.stringify(await calls[name]());
}

/**
 * CPU time since the previous call, unchecked; the first call takes 0.5 s. Away from Linux it starts no process, and it
 * has to stay in one process, because it compares with what it remembers.
 */
export async function readCurrentLoad(): Promise<unknown> {
  return currentLoad();
}
