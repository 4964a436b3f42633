import { expect, test } from "bun:test";

import { processes } from "../../lib/metrics/processes.ts";
import { Unavailable } from "../../lib/model/host.ts";
import { collectOne, describeOne, observeOne } from "../support/measure.ts";

const proc = {
  loadavg: "0.20 0.18 0.12 1/284 11206\n",
  stat: "cpu  1 2 3 4\nctxt 5\nprocesses 11206\nprocs_running 3\nprocs_blocked 2\n",
};
const dirs = { "/proc": ["1", "2", "117", "loadavg", "self", "thread-self"] };

test("totals come from the directories of /proc, loadavg and stat", async () => {
  const value = await collectOne(processes, { proc, dirs });
  expect(value).toEqual({ processes: 3, onlyOwn: false, threads: 284, running: 3, blocked: 2 });
  expect(observeOne(processes, value)).toEqual({
    processes_count: 3,
    processes_threads: 284,
    processes_running: 3,
    processes_blocked: 2,
  });
  expect(describeOne(processes, value)[0]?.lines).toEqual(["3", "284 threads, 3 running, 2 waiting for I/O"]);
});

// libstatgrab/libstatgrab#122: idle threads of the kernel, in state I, counted as running.
test("only what the kernel calls running is, whatever the states of the processes", async () => {
  const stats = { "1/stat": "1 (init) S 0\n", "2/stat": "2 (kworker/0:1) I 2\n", "117/stat": "117 (rcu) I 2\n" };
  const stat = "cpu  1 2 3 4\nprocs_running 1\nprocs_blocked 0\n";
  const value = await collectOne(processes, { proc: { ...proc, ...stats, stat }, dirs });
  expect(value).toMatchObject({ processes: 3, running: 1, blocked: 0 });
});

// digitalocean/do-agent#212, Tomas-M/iotop#93: no /proc/1.
test("with hidepid the count of one's own is not passed off as the machine's", async () => {
  const value = await collectOne(processes, { proc, dirs: { "/proc": ["117", "118", "stat"] } });
  expect(value.onlyOwn).toBe(true);
  expect(observeOne(processes, value)).not.toHaveProperty("processes_count");
  expect(describeOne(processes, value)[0]?.lines[0]).toBe("2, only your own processes are visible");
});

test("what the kernel does not show is absent, not 0", async () => {
  const value = await collectOne(processes, { proc: { loadavg: proc.loadavg }, dirs: { "/proc": ["loadavg"] } });
  expect(value).toEqual({ processes: null, onlyOwn: false, threads: 284, running: null, blocked: null });
  expect(observeOne(processes, value)).toEqual({ processes_threads: 284 });
  expect(describeOne(processes, value)[0]?.lines).toEqual(["284 threads"]);
});

test("a machine without /proc is unavailable", () => {
  expect(collectOne(processes, {})).rejects.toBeInstanceOf(Unavailable);
});
