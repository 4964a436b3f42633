import { expect } from "bun:test";
import { accessSync, constants, mkdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";

import { binary, namespaces } from "../support/needs.ts";
import { type Need, testWhen } from "../support/programNeeds.ts";
import { quoted, run, temporaryDirectory } from "../support/project.ts";
import { parseShown, valueOf } from "../support/shown.ts";

const memory = "/sys/fs/cgroup/memory";

function mayLimit(): boolean {
  try {
    accessSync(join(memory, "memory.limit_in_bytes"), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

const cgroups: Need = { what: "cgroups of version 1 that may be made", there: mayLimit() };
const mib = 2 ** 20;

testWhen([namespaces, cgroups])(
  "in a real cgroup the limit is the total, and a file that was read three times is no used memory",
  async () => {
    using directory = temporaryDirectory();
    const group = join(memory, `server-metrics-test-${process.pid}`);
    mkdirSync(group);
    try {
      const file = quoted(join(directory.path, "file"));
      // The shell goes into the group with what it reads, and what it starts in a namespace of its own finds it as PID 1's.
      const script = `echo $$ >${group}/cgroup.procs
        echo ${256 * mib} >${group}/memory.limit_in_bytes
        dd if=/dev/zero of=${file} bs=1M count=96 2>/dev/null; sync
        for time in 1 2 3; do cat ${file} >/dev/null; done
        cat ${group}/memory.usage_in_bytes >&2
        exec unshare --mount --pid --fork --mount-proc ${quoted(binary)} show --json --state-dir none`;
      const { stderr, ...finished } = await run(["sh", "-c", script]);
      const shown = parseShown({ ...finished, stderr: "" });
      const [charged, used] = [Number(stderr), valueOf(shown, "memory_used_bytes")];
      expect(valueOf(shown, "memory_total_bytes")).toBe(256 * mib);
      expect(charged).toBeGreaterThan(96 * mib);
      // What is left is the program itself.
      expect(used).toBeLessThan(charged - 48 * mib);
      expect(used).toBeGreaterThan(0);
      expect(valueOf(shown, "vmstat_oom_kills_total")).toBe(0);
      expect(shown.observations.map(({ name }) => name)).not.toContain("vmstat_swap_in_bytes_total");
    } finally {
      rmdirSync(group);
    }
  },
);
