import { createServer } from "node:net";
import type { AddressInfo } from "node:net";

import { temporaryDirectory } from "../support/project.ts";

/** An engine that really runs, on loopback, with a directory of its own for what it keeps. */
export interface Engine extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  readonly directory: string;
  /** What it answers to a GET; throws when it is not a success. */
  readonly get: (path: string) => Promise<string>;
}

/** node_exporter with nothing but its textfile collector, which reads its directory. */
export const startNodeExporter = (): Promise<Engine> =>
  start((directory) => [
    "prometheus-node-exporter",
    "--collector.disable-defaults",
    "--web.disable-exporter-metrics",
    "--collector.textfile",
    `--collector.textfile.directory=${directory}`,
    "--web.listen-address=127.0.0.1:0",
  ]);

/** A Pushgateway that forgets everything at its end. */
export const startPushgateway = (): Promise<Engine> =>
  start(() => ["prometheus-pushgateway", "--web.listen-address=127.0.0.1:0"]);

/** VictoriaMetrics; it finds at once what has just been written. */
export async function startVictoriaMetrics(): Promise<Engine> {
  const port = await freePort();
  return start((directory) => [
    "victoria-metrics",
    `-storageDataPath=${directory}`,
    `-httpListenAddr=127.0.0.1:${port}`,
    "-search.latencyOffset=0s",
    "-search.disableCache",
  ]);
}

async function start(commandIn: (directory: string) => readonly string[]): Promise<Engine> {
  const directory = temporaryDirectory();
  const child = Bun.spawn([...commandIn(directory.path)], { stdin: "ignore", stdout: "ignore", stderr: "pipe" });
  const address = await listening(child.stderr);
  const origin = `http://${address}`;
  const get = async (path: string) => {
    const response = await fetch(origin + path);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.text();
  };
  return {
    origin,
    get,
    directory: directory.path,
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await child.exited;
      directory[Symbol.dispose]();
    },
  };
}

/** Where an engine says that it listens. All that it says is read, because it would die of a pipe that is closed. */
async function listening(said: ReadableStream<Uint8Array>): Promise<string> {
  const heard = Promise.withResolvers<string>();
  const listen = async () => {
    const decoder = new TextDecoder();
    let text = "";
    for await (const bytes of said) {
      text += decoder.decode(bytes, { stream: true });
      const [, address] = announcement.exec(text) ?? [];
      if (address !== undefined) heard.resolve(address);
    }
    heard.reject(new Error(`it ended: ${text}`));
  };
  void listen();
  const address = await heard.promise;
  await untilAnswered(address);
  return address;
}

const announcement = /(?:"Listening on" address=|pprof handlers are exposed at http:\/\/)([\d.]+:\d+)/;

/** It says so just before it does. */
async function untilAnswered(address: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await fetch(`http://${address}/`);
      return;
    } catch (error) {
      if (tries > 1000) throw error;
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
