/** Whether the settings name a mount point, in `storage.include` or `storage.exclude`: as it stands there, or by a glob. */
export const isNamed = (mountPoint: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => pattern === mountPoint || new Bun.Glob(pattern).match(mountPoint));
