import { type Crontab, crontab } from "../host/crontab.ts";
import { type Executable, executable } from "../host/executable.ts";
import { openSystemd } from "../host/systemd.ts";
import type { Scope } from "../host/systemd.ts";

/** What of a machine a schedule is written to. */
export interface Box {
  readonly crontab: Crontab;
  readonly openSystemd: typeof openSystemd;
  readonly executable: Executable;
}

/** The machine that this runs on. */
export const thisBox: Box = { crontab, openSystemd, executable };

/** Whose systemd has the schedule: root's is the machine's own. */
export const scopeOf = ({ executable: { isRoot } }: Box): Scope => (isRoot ? "system" : "user");
