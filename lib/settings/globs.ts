/** Whether a list such as `storage.include` names a mount point, literally or by a glob. */
export const matchesMount = (mountPoint: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => pattern === mountPoint || new Bun.Glob(pattern).match(mountPoint));

/** Whether a label is what the settings name, as it stands there or as a glob. */
export const matchesGlob = (label: string, pattern: string): boolean =>
  label === pattern || new Bun.Glob(pattern).match(label);
