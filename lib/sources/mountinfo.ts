/** One line of `/proc/self/mountinfo`, `proc_pid_mountinfo(5)`. */
export interface Mount {
  /** `major:minor`; equal for everything mounted from one device. */
  readonly device: string;
  /** The directory inside the file system that is mounted; `/` for all of it. */
  readonly root: string;
  /** The mount point, one character a byte. */
  readonly mountPoint: string;
  readonly fsType: string;
  /** The device or pool, one character a byte. */
  readonly source: string;
  /** From the options of the super block: the file system itself is read-only, not just this mount of it. */
  readonly readOnly: boolean;
}

/**
 * Parses /proc/self/mountinfo. The text must be read as latin1: mount points are bytes, and the octal escapes stand for
 * bytes. Lines that do not have the shape are skipped.
 */
export function parseMountinfo(latin1: string): readonly Mount[] {
  return latin1.split("\n").flatMap((line) => {
    const [before, after] = line.split(" - ", 2);
    const [, , device, root, mountPoint] = before?.split(" ") ?? [];
    const [fsType, source, options] = after?.split(" ") ?? [];
    if (device === undefined || root === undefined || mountPoint === undefined || fsType === undefined) return [];
    return {
      device,
      root: unescapeOctal(root),
      mountPoint: unescapeOctal(mountPoint),
      fsType: unescapeOctal(fsType),
      source: unescapeOctal(source ?? ""),
      readOnly: (options ?? "").split(",").includes("ro"),
    };
  });
}

/** The kernel writes space, tab, newline and backslash as `\040` and so on. */
function unescapeOctal(text: string): string {
  return text.includes("\\")
    ? text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
    : text;
}
