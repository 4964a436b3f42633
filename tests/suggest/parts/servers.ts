import { join } from "node:path";

import { type Life, listens } from "./life.ts";

const bun = [process.execPath, "--no-env-file"];
const program = (name: string) => join(import.meta.dir, name);

/** Starts Redis or Valkey as Debian does, but that it has a socket as well, and saves only when it is asked to. */
export async function startRedis({ shell, start, at }: Life, name: "redis" | "valkey" = "redis"): Promise<void> {
  await shell("mountpoint -q $W/redis || { mkdir $W/redis && mount -t tmpfs tmpfs $W/redis; }");
  const places = ["--port", "6379", "--unixsocket", at("redis.sock"), "--dir", at("redis")];
  await start([`${name}-server`, ...places, "--save", ""], `${name}-cli ping`);
}

/** Starts a stand-in for a server: a program under its title, in a directory with its settings, that answers at a port. */
export async function startPages(life: Life, title: string, port: number, bodies: object): Promise<void> {
  await life.shell(`cat >$W/pages <<'.'\n${JSON.stringify(bodies)}\n.`);
  const serve = [...bun, program("pages.ts"), String(port), life.at("pages")];
  await life.start([...bun, program("titled.ts"), title, life.at("app"), ...serve], listens(port));
}

/** Starts a stand-in for a server that waits at a socket. */
export async function serveSocket(life: Life, socket: string, bodies: object): Promise<void> {
  await life.shell(`cat >$W/pages <<'.'\n${JSON.stringify(bodies)}\n.`);
  await life.start([...bun, program("pages.ts"), socket, life.at("pages")], `[ -S ${socket} ]`);
}

/** Fills a queue of BullMQ, or works it off. */
export const bullQueue = async ({ shell, at }: Life, ...words: readonly string[]): Promise<string> =>
  shell([...bun, program("queue.ts"), at("redis.sock"), ...words].join(" "));
