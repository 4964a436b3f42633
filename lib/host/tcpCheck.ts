import { withDeadline } from "../clock.ts";
import { networkProblem } from "../errors.ts";
import type { CheckFinding } from "../model/host.ts";
import type { TcpCheck } from "../model/settings.ts";

/** Connects to a port and hangs up; how long the connection took. Never throws. */
export async function checkTcp({ host, port, timeoutSeconds }: TcpCheck): Promise<CheckFinding> {
  // Here, because the module costs as much CPU time as half a start, and few machines have such a check.
  const { connect } = await import("node:net");
  const startedMs = performance.now();
  const { promise, resolve } = Promise.withResolvers<CheckFinding>();
  const socket = connect({ host, port });
  socket.once("connect", () => resolve({ problem: null, seconds: (performance.now() - startedMs) / 1000 }));
  socket.on("error", (error) => resolve({ problem: networkProblem(error), seconds: null }));
  try {
    return await withDeadline(promise, timeoutSeconds * 1000, "no connection");
  } catch {
    return { problem: { code: "noConnection", seconds: timeoutSeconds }, seconds: null };
  } finally {
    socket.destroy();
  }
}
