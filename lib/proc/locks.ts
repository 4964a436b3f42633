const held = /^\d+: (?:FLOCK|POSIX|OFDLCK) +\S+ +WRITE +-?\d+ +[\da-f]+:[\da-f]+:(\d+) /gm;

/** The inodes of files that are locked for writing, `proc_locks(5)`. A process that waits for a lock does not count. */
export const parseLocks = (text: string): ReadonlySet<string> =>
  new Set(Array.from(text.matchAll(held), ([, inode = ""]) => inode));
