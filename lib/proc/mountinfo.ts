import { parseOctal } from "./number.ts";

/** One line of `/proc/self/mountinfo`, `proc_pid_mountinfo(5)`. */
export interface Mount {
  readonly id: string;
  /** The id of the mount that this one is mounted on. */
  readonly parent: string;
  /** `major:minor`; equal for everything mounted from one device. */
  readonly device: string;
  /** The directory inside the file system that is mounted; `/` for all of it. */
  readonly root: string;
  /** The mount point, one character a byte. */
  readonly mountPoint: string;
  readonly fsType: string;
  /** The device or pool, one character a byte. */
  readonly source: string;
  /** From the options of the super block: the file system itself is read-only, not just this mount. Null: not known. */
  readonly readOnly: boolean | null;
}

/**
 * A super block's ways to say that it takes no writes. On new kernels (seen on 6.18) ext4 stays `rw` when it stops after an
 * error, and shows it by another word.
 */
const readOnlyOptions = new Set(["ro", "emergency_ro", "shutdown"]);

/**
 * Parses /proc/self/mountinfo. The text must be read as latin1: mount points are bytes, and the octal escapes stand for
 * bytes. Lines that do not have the shape are skipped.
 */
export function parseMountinfo(latin1: string): readonly Mount[] {
  return latin1.split("\n").flatMap((line) => {
    const [before, after] = line.split(" - ", 2);
    const [id, parent, device, root, mountPoint] = before?.split(" ") ?? [];
    const [fsType, source, options] = after?.split(" ") ?? [];
    if (!id || !parent || !device || !root || !mountPoint || !fsType) return [];
    return {
      id,
      parent,
      device,
      root: unescapeOctal(root),
      mountPoint: unescapeOctal(mountPoint),
      fsType: unescapeOctal(fsType),
      source: unescapeOctal(source ?? ""),
      readOnly: (options ?? "").split(",").some((option) => readOnlyOptions.has(option)),
    };
  });
}

/** The kernel writes space, tab, newline and backslash as `\040` and so on. */
export function unescapeOctal(text: string): string {
  return text.includes("\\")
    ? text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseOctal(digits)))
    : text;
}

/**
 * Bytes, one character each, as text to show and to label with: UTF-8 where they are that, and `\x0a` for each byte of
 * what is not, or must not reach a screen. A backslash is written so as well, which keeps different names different.
 */
export function nameOfBytes(latin1: string): string {
  if (/^[\x20-\x5B\x5D-\x7E]*$/.test(latin1)) return latin1;
  // U+FFFD is what bytes that are no UTF-8 become; a name that really has it is escaped with them.
  const sequences = /[\0-\x7F]|[\xC2-\xF4][\x80-\xBF]{1,3}|[\x80-\xFF]/g;
  return latin1.replace(sequences, (sequence) => {
    const text = Buffer.from(sequence, "latin1").toString();
    return /[\\\p{C}\p{Zl}\p{Zp}\uFFFD]/u.test(text) ? hex(sequence) : text;
  });
}

function hex(latin1: string): string {
  return Array.from(latin1, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, "0")}`).join("");
}
