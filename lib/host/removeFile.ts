import { rmSync } from "node:fs";

import { errorMessage, type Result } from "../errors.ts";

/** Removes one file. */
export function removeOwn(path: string): Result<null> {
  try {
    rmSync(path);
    return { ok: true, value: null };
  } catch (error) {
    return { ok: false, problem: `${path} cannot be removed: ${errorMessage(error)}` };
  }
}
