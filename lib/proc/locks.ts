const held = /^\d+: (?:FLOCK|POSIX|OFDLCK) +\S+ +WRITE +-?\d+ +[\da-f]+:[\da-f]+:(\d+) /gm;

/** The inodes of the files on which somebody holds a lock for writing, `proc_locks(5)`. One who waits holds none. */
export const parseLocks = (text: string): ReadonlySet<string> =>
  new Set(Array.from(text.matchAll(held), ([, inode = ""]) => inode));
