import { errorCode } from "../errors.ts";
import type { Probe, ProbeAnswer } from "../model/probe.ts";

/**
 * Asks a probe of the owner's. Never throws: that there is no answer is one, too. What asks is loaded here, because few
 * machines have such a check.
 */
export async function askProbe({ source, take }: Probe, deadlineMs: number): Promise<ProbeAnswer> {
  try {
    switch (source.kind) {
      case "run":
        return await (await import("./probe/plugin.ts")).askProgram(source.command, deadlineMs);
      case "url":
        return await (await import("./probe/page.ts")).askPage(source, deadlineMs);
      case "file":
        return await (await import("./probe/newest.ts")).askFile(source.pattern, take, deadlineMs);
    }
  } catch (error) {
    return { kind: "nothing", problem: { code: "other", error: errorCode(error) } };
  }
}
