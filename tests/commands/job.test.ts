import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as v from "valibot";

import { JobRecord } from "../../lib/model/job.ts";
import { binary } from "../support/needs.ts";

/** A directory for a state, and the program that keeps it there. */
async function startBox() {
  const directory = await mkdtemp(join(tmpdir(), "server-metrics-job-"));
  const env = { PATH: "/usr/bin:/bin", SERVER_METRICS_STATE_DIR: join(directory, "state") };
  const spawn = (command: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    Bun.spawn([...command], { stdin: "pipe", stdout: "pipe", stderr: "pipe", env: { ...env, ...more }, cwd: "/" });
  return {
    directory,
    state: env.SERVER_METRICS_STATE_DIR,
    spawn,
    run: async (name: string, ...command: readonly string[]) => finish(spawn([binary, "job", name, "--", ...command])),
    shell: async (script: string) => finish(spawn(["sh", "-c", script], { PROGRAM: binary })),
    record: (name: string) =>
      v.parse(JobRecord, JSON.parse(readFileSync(join(directory, "state", "jobs", `${name}.json`), "utf8"))),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}

async function finish(child: Bun.Subprocess<"pipe", "pipe", "pipe">) {
  await child.stdin.end();
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { status: await child.exited, stdout, stderr };
}

test("a job's outputs and exit status pass through, and its file says how it went", async () => {
  using box = await startBox();
  const finished = await box.run(
    "pg dump",
    "sh",
    "-c",
    "echo out; echo first >&2; printf '\\033[31mlast\\n' >&2; exit 3",
  );
  expect(finished).toEqual({ status: 3, stdout: "out\n", stderr: "first\n\u001B[31mlast\n" });
  const { runs, lastLines } = box.record("pg dump");
  expect(runs).toMatchObject([{ exit: 3, endedAt: expect.any(Number) }]);
  expect(lastLines.map((line) => line.includes("\u001B"))).toEqual([false, false]);
  expect(lastLines[0]).toBe("first");
  expect(readdirSync(join(box.state, "jobs"))).toEqual(["pg dump.json"]);
});

test("one that kills itself ends with 137, one that is not there with 127", async () => {
  using box = await startBox();
  expect((await box.run("x", "sh", "-c", "kill -9 $$")).status).toBe(137);
  expect(box.record("x").runs).toMatchObject([{ exit: 137 }]);
  expect((await box.run("y", "no-such-program")).status).toBe(127);
});

test("words behind the dashes are the command's, whatever they look like", async () => {
  using box = await startBox();
  expect((await box.run("x", "echo", "--name", "--", "--help", "a  b")).stdout).toBe("--name -- --help a  b\n");
});

test("without a name and a command it says what it needs and runs nothing", async () => {
  using box = await startBox();
  for (const words of ["job", "job x", "job x --", "job -- true", "job ../x -- true", "job x true"]) {
    const { status, stderr } = await box.shell(`"$PROGRAM" ${words}`);
    expect({ words, status, isTold: stderr.includes("job") }).toEqual({ words, status: 64, isTold: true });
  }
  expect(() => readdirSync(join(box.state, "jobs"))).toThrow();
});

test("a job has the umask, the limits and the ignored signals that it would have without", async () => {
  using box = await startBox();
  const facts = `sh -c 'umask; ulimit -Sn; grep SigIgn /proc/self/status; env | sort'`;
  const set = `umask 027; ulimit -Sn 333; trap "" HUP;`;
  const plain = await box.shell(`${set} ${facts}; :`);
  const asJob = await box.shell(`${set} "$PROGRAM" job x -- ${facts}; :`);
  expect(plain.stdout).toContain("0027\n333\n");
  expect(asJob).toEqual(plain);
});

test("outputs that go to one place keep their order, and all of it arrives", async () => {
  using box = await startBox();
  const lines = "for i in 1 2 3 4 5 6 7 8 9; do echo out $i; echo err $i >&2; done; head -c 3000000 /dev/zero";
  const script = (before: string) => `{ ${before} sh -c '${lines}'; } 2>&1`;
  const asJob = await box.shell(script('"$PROGRAM" job x --'));
  expect(asJob.stdout === (await box.shell(script(""))).stdout).toBe(true);
});

test("a signal is passed on", async () => {
  using box = await startBox();
  const trap = `trap 'echo got it; exit 5' TERM; echo ready; while :; do sleep 1 & wait $!; done`;
  const child = box.spawn([binary, "job", "x", "--", "sh", "-c", trap]);
  const reader = child.stdout.getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toBe("ready\n");
  child.kill("SIGTERM");
  expect(await child.exited).toBe(5);
  expect(box.record("x").runs).toMatchObject([{ exit: 5 }]);
});

test("what it leaves in the background does not keep it", async () => {
  using box = await startBox();
  expect(
    (
      await box.shell(
        `"$PROGRAM" job x -- sh -c 'sleep 1000 & echo $!' >pid 2>err`.replaceAll(/pid|err/g, (name) =>
          join(box.directory, name),
        ),
      )
    ).status,
  ).toBe(0);
  process.kill(Number(readFileSync(join(box.directory, "pid"), "utf8")));
});

test("a state that is locked harms no job, and one that cannot be written is named", async () => {
  using box = await startBox();
  mkdirSync(box.state, { mode: 0o700 });
  using database = new Database(join(box.state, "state.db"));
  database.run("BEGIN EXCLUSIVE");
  expect(await box.run("x", "echo", "hello")).toEqual({ status: 0, stdout: "hello\n", stderr: "" });
  expect(box.record("x").runs).toHaveLength(1);
  rmSync(box.state, { recursive: true });
  writeFileSync(box.state, "");
  const { status, stdout, stderr } = await box.run("x", "echo", "hello");
  expect([status, stdout]).toEqual([0, "hello\n"]);
  expect(stderr).toContain("server-metrics: the job x is not remembered: ");
});
