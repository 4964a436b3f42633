import { expect, setDefaultTimeout } from "bun:test";
import { join } from "node:path";

import { type Namespace, openNamespace } from "../support/namespace.ts";
import { binary, concurrentTestWith } from "../support/needs.ts";
import { type Finished, quoted, temporaryDirectory } from "../support/project.ts";
import { namesOk, parseShown, show } from "../support/shown.ts";

setDefaultTimeout(120_000);

/** The deadline of one source is 2 s, that of a collector 3 s; the rest is for a machine with other things to do. */
const onTimeMs = 12_000;

/** A program's end and how long it took. */
async function timed(run: () => Promise<Finished>): Promise<Finished & { readonly ms: number }> {
  const startMs = performance.now();
  return { ...(await run()), ms: performance.now() - startMs };
}

/** What of a namespace's processes is still alive, by executable; a killed one is given some time to be gone. */
const leftBehind = (machine: Namespace, executable: string) =>
  machine.shell(`
    left() { for process in /proc/[0-9]*; do readlink $process/exe || :; done | grep -xF ${quoted(executable)} || :; }
    tries=50; while [ -n "$(left)" ] && [ $tries -gt 0 ]; do tries=$((tries - 1)); sleep 0.1; done; left`);

const report = (...options: readonly string[]) => [binary, "report", "--sample", "0", ...options];
const token = "wh-token_0123456789abcdefghij";

concurrentTestWith("bindfs")(
  "a FUSE file system that never answers is asked in a process that does not stay",
  async () => {
    await using machine = await openNamespace({ processes: true });
    await machine.shell(`
    mkdir $W/source $W/hung
    bindfs $W/source $W/hung
    kill -STOP $(pidof bindfs)
    printf '[storage]\\nnetwork = true\\n' >$W/settings.toml`);
    const asking = [...show, "--config", `${machine.directory}/settings.toml`];
    let asked = await timed(() => machine.run(asking));
    // On a busy machine a second may be too little for the file systems that do answer.
    for (let tries = 1; tries < 5 && !namesOk(parseShown(asked)).includes("storage"); tries += 1) {
      asked = await timed(() => machine.run(asking));
    }
    const unasked = await timed(() => machine.run(show));
    expect(asked.ms).toBeLessThan(onTimeMs);
    expect(await leftBehind(machine, binary)).toBe("");
    const [shown, plain] = [parseShown(asked), parseShown(unasked)];
    const hung = { mount: `${machine.directory}/hung`, usage: null, problem: expect.stringContaining("no answer") };
    expect(shown.readings["storage"]?.value).toContainEqual(expect.objectContaining(hung));
    expect(shown.observations.map(({ key }) => key)).toContain('storage_used_percent{mount="/"}');
    expect(namesOk(shown)).toEqual(namesOk(plain));
    expect(JSON.stringify(plain)).not.toContain(hung.mount);
  },
);

/** A namespace with an empty /run, where only the test decides what is there. */
async function openWithEmptyRun(setup: string): Promise<Namespace> {
  const machine = await openNamespace({ processes: true });
  await machine.shell(`mount -t tmpfs tmpfs /run\n${setup}`);
  return machine;
}

concurrentTestWith()("a docker socket that never answers is told as such", async () => {
  using directory = temporaryDirectory();
  const socket = join(directory.path, "docker.sock");
  using listener = Bun.listen({ unix: socket, socket: { data: () => {} } });
  expect(listener.unix).toBe(socket);
  await using machine = await openWithEmptyRun(
    `touch /run/docker.sock; mount --bind ${quoted(socket)} /run/docker.sock`,
  );
  const finished = await timed(() => machine.run(show));
  expect(finished.ms).toBeLessThan(onTimeMs);
  const shown = parseShown(finished);
  expect(shown.readings["containers"]).toEqual({ status: "failed", reason: expect.stringContaining("no answer") });
  expect(namesOk(shown)).toContain("memory");
});

/** Makes systemd run and `systemctl` be a script. */
const systemctl = (script: string) => `
  mkdir -p /run/systemd/system
  mount -t tmpfs -o mode=755 tmpfs /usr/local/sbin
  printf '#!/bin/sh\\n%s\\n' '${script}' >/usr/local/sbin/systemctl
  chmod 755 /usr/local/sbin/systemctl`;

concurrentTestWith()("a systemctl that hangs is killed with all that it started", async () => {
  await using machine = await openWithEmptyRun(systemctl("sleep 1000 & exec sleep 1000"));
  const finished = await timed(() => machine.run(show));
  expect(finished.ms).toBeLessThan(onTimeMs);
  const shown = parseShown(finished);
  expect(shown.readings["units"]).toEqual({
    status: "failed",
    reason: expect.stringMatching(/did not end|no answer within/),
  });
  expect(namesOk(shown)).toContain("memory");
  expect(await leftBehind(machine, (await machine.shell("readlink -f $(command -v sleep)")).trim())).toBe("");
});

/** How often a command's processes forked, and the programs that they became; a thread is no fork. */
async function startedBy(machine: Namespace, command: readonly string[]) {
  const trace = [
    "strace",
    "-f",
    "--seccomp-bpf",
    "-qq",
    "-e",
    "trace=execve,fork,vfork,clone,clone3",
    "-e",
    "signal=none",
    "--",
  ];
  const { status, stderr } = await machine.run([...trace, ...command]);
  expect(status).toBe(0);
  const calls = stderr.split("\n").filter((line) => !/CLONE_THREAD|resumed>|ENOENT/.test(line));
  return {
    forks: calls.filter((line) => /\b(v?fork|clone3?)\(/.test(line)).length,
    programs: calls.flatMap((line) => /execve\("([^"]+)"/.exec(line)?.[1] ?? []).slice(1),
  };
}

concurrentTestWith("strace")(
  "a plain report starts no process where no systemd runs, and one where it does",
  async () => {
    const plain = report("--dry-run", "--state-dir", "none");
    await using without = await openWithEmptyRun("");
    expect(await startedBy(without, plain)).toEqual({ forks: 0, programs: [] });
    await using having = await openWithEmptyRun(systemctl("exit 0"));
    expect(await startedBy(having, plain)).toEqual({ forks: 1, programs: ["/usr/local/sbin/systemctl"] });
    // More would be seen: `show` asks for the inventory.
    expect((await startedBy(without, show)).programs.length).toBeGreaterThan(1);
  },
);

/** A run that gave up in time, and left its message to the next one. */
async function expectKept(posting: Finished & { ms: number }, outbox: () => Promise<Finished>): Promise<void> {
  expect(posting).toMatchObject({ status: 75, stdout: "" });
  expect(posting.stderr).toMatch(/^.+ 1 message kept .+\n$/);
  expect(posting.stderr).not.toContain(token);
  expect(posting.ms).toBeLessThan(60_000);
  const { status, stdout } = await outbox();
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ waiting: [{ kind: "report" }] });
}

concurrentTestWith("ip")("a name server that drops every question costs a bounded time and no message", async () => {
  await using machine = await openNamespace({ processes: true, network: true });
  await machine.shell(`
    ip link set lo up
    ip link add well type veth peer name bottom
    ip link set bottom address 02:00:00:00:00:09 up
    ip link set well up
    ip address add 10.99.1.1/24 dev well
    ip neighbour replace 10.99.1.9 lladdr 02:00:00:00:00:09 dev well
    echo nameserver 10.99.1.9 >$W/resolv.conf
    mount --bind $W/resolv.conf /etc/resolv.conf`);
  const state = ["--state-dir", `${machine.directory}/state`];
  const env = { DISCORD_WEBHOOK_URL: `https://discord.com/api/webhooks/123456789012345678/${token}` };
  const posting = await timed(() => machine.run(report(...state), env));
  await expectKept(posting, () => machine.run([binary, "outbox", "--json", ...state]));
  expect(await leftBehind(machine, binary)).toBe("");
});

concurrentTestWith()("a webhook that accepts and never answers costs a bounded time and holds no lock", async () => {
  await using machine = await openNamespace({ processes: true });
  using listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => {} } });
  const host = `127.0.0.1:${listener.port}`;
  const state = ["--state-dir", `${machine.directory}/state`];
  const env = {
    DISCORD_WEBHOOK_URL: `http://${host}/api/webhooks/123456789012345678/${token}`,
    SERVER_METRICS_ALLOW_HOST: host,
  };
  const posting = await timed(() => machine.run(report(...state), env));
  await expectKept(posting, () => machine.run([binary, "outbox", "--json", ...state]));
  expect(await leftBehind(machine, binary)).toBe("");
  // A run that finds the lock taken ends silently with 0.
  listener.stop(true);
  expect((await machine.run(report(...state), env)).status).toBe(75);
});
