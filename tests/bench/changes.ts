/**
 * What a look for changes costs on this machine, without and with many sockets: `npx bun tests/bench/changes.ts`. Needs root
 * and `ip`. The sockets are real ones, in a network of their own.
 */
import { connect, createServer, type Socket } from "node:net";

import { thisMachine } from "../../lib/host/linux.ts";
import { changes, type Changes } from "../../lib/metrics/changes.ts";
import { defaultConfig } from "../support/measure.ts";
import { openNamespace } from "../support/namespace.ts";

const [, , pairs = ""] = process.argv;
const rounds = 50;

if (pairs === "") {
  for (const count of ["0", "7500"]) {
    await using box = await openNamespace({ processes: true, network: true });
    await box.shell("ip link set lo up");
    const script = `ulimit -n 40000; exec "$0" --no-env-file "$1" ${count}`;
    const { stdout, stderr } = await box.run(["sh", "-c", script, process.execPath, import.meta.path]);
    console.log(stdout.trim() || stderr);
  }
} else {
  await openSockets(Number(pairs));
  console.log(await measureLooks(Number(pairs) * 2));
  process.exit(0);
}

/** Connections to a server of this process: two sockets each. */
async function openSockets(count: number): Promise<void> {
  const held: Socket[] = [];
  const server = createServer((socket) => void held.push(socket));
  await new Promise<void>((done) => server.listen(8080, "0.0.0.0", 4096, done));
  for (let at = 0; at < count; at += 500) {
    const some = Array.from({ length: Math.min(500, count - at) }, async () => {
      const socket = connect(8080, "127.0.0.1");
      await new Promise((done) => socket.once("connect", done));
      held.push(socket);
    });
    await Promise.all(some);
  }
}

/** The medians of a look that reads all and of one where nothing changed, milliseconds of CPU, and how many files it asks. */
async function measureLooks(sockets: number): Promise<string> {
  let stats = 0;
  const host = {
    ...thisMachine.host,
    stamp: (paths: readonly string[]) => {
      stats += paths.length;
      return thisMachine.host.stamp(paths);
    },
  };
  const look = async (before: Changes | null) => {
    stats = 0;
    const start = process.cpuUsage();
    const found = await changes.collect(host, defaultConfig, { before, clock: thisMachine.clock, isErrand: false });
    const { user, system } = process.cpuUsage(start);
    return { found, ms: (user + system) / 1000 };
  };
  // The code is compiled in the first rounds; what was written of late counts as changed.
  let { found: before } = await look(null);
  const same: number[] = [];
  const [opened, all]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const { found, ms } = await look(before);
    before = found;
    same.push(ms);
  }
  const asked = stats;
  // As when the server's port has just been opened.
  const closed = { ...before, listening: {}, ports: {} };
  for (let round = 0; round < rounds; round += 1) opened.push((await look(closed)).ms);
  for (let round = 0; round < rounds; round += 1) all.push((await look(null)).ms);
  const middle = (values: readonly number[]) => (values.toSorted((a, b) => a - b)[rounds / 2] ?? 0).toFixed(2);
  return `${sockets} sockets: nothing changed ${middle(same)} ms (the first ${same[0]?.toFixed(2)}), ${asked} stats; a new port ${middle(opened)} ms; all read ${middle(all)} ms`;
}
