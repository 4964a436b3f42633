import { join } from "node:path";

/** This program as a command, to start it again as a helper: compiled it is one file, else the runtime and the script. */
export const self: readonly string[] = import.meta.path.startsWith("/$bunfs/")
  ? [process.execPath]
  : [process.execPath, join(import.meta.dir, "../../../index.ts")];

/** The first argument that makes this program the helper of another run of itself. */
export const helperArguments = {
  rasterise: "__rasterise",
  statfs: "__statfs",
  systeminformation: "__systeminformation",
} as const;
