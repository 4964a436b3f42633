import type { Box } from "../../lib/install/box.ts";

/** A machine without a schedule, and with root at work unless said otherwise. */
export const emptyBox = (isRoot = true, crontab = ""): Box => ({
  crontab: {
    read: async () => crontab,
    write: async () => undefined,
    findTimeout: async () => null,
    findLogger: () => null,
    setsVariables: () => true,
  },
  openSystemd: (scope) => ({
    directory: `/${scope}`,
    read: () => null,
    write: () => undefined,
    remove: () => undefined,
    probe: async () => undefined,
    control: async () => undefined,
  }),
  executable: { isCompiled: true, isRoot, isOthers: () => false },
  installed: { note: () => undefined, at: () => null },
});
