const tagOfPageSize = 6;

/**
 * The page size in bytes out of /proc/self/auxv, `proc_pid_auxv(5)`, read as latin1: pairs of 64-bit numbers. 4096, which
 * most machines have, where the text does not tell.
 */
export function parsePageSize(latin1: string): number {
  const bytes = Buffer.from(latin1, "latin1");
  for (let at = 0; at + 16 <= bytes.length; at += 16) {
    if (bytes.readUInt32LE(at) === tagOfPageSize) return bytes.readUInt32LE(at + 8);
  }
  return 4096;
}
