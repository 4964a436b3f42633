import { type Crontab, crontab } from "../sources/crontab.ts";
import { type Executable, executable } from "../sources/executable.ts";
import { openSystemd } from "../sources/systemd.ts";

/** What of a machine a schedule is written to. */
export interface Box {
  readonly crontab: Crontab;
  readonly openSystemd: typeof openSystemd;
  readonly executable: Executable;
}

/** The machine that this runs on. */
export const thisBox: Box = { crontab, openSystemd, executable };
