import { expect, test } from "bun:test";

import { parseLocks } from "../../lib/proc/locks.ts";

const text = `1: POSIX  ADVISORY  WRITE 3568 fd:00:2531452 0 EOF
2: FLOCK  ADVISORY  WRITE 3517 00:1b:25306 0 EOF
2: -> FLOCK  ADVISORY  WRITE 3600 00:1b:25307 0 EOF
3: POSIX  ADVISORY  READ  3548 08:01:1099 4 4
4: OFDLCK ADVISORY  WRITE -1 08:01:2713262 0 EOF
`;

test("a lock for writing is known by its file, and neither one for reading nor one who waits", () => {
  expect([...parseLocks(text)]).toEqual(["2531452", "25306", "2713262"]);
  expect(parseLocks("").size).toBe(0);
});
