import { lstatSync } from "node:fs";

import { withDeadline } from "../clock.ts";
import { errorCode } from "../errors.ts";
import { reading } from "./machine.ts";
import { readCapped } from "./program.ts";

/** Limits of an answer. */
export interface AnswerLimits {
  readonly deadlineMs: number;
  readonly maxBytes: number;
}

const defaults: AnswerLimits = { deadlineMs: 2000, maxBytes: 8 * 1024 * 1024 };

/**
 * The body of a GET over a unix socket, as the Docker engine serves its API. Throws `Unavailable` when there is no such
 * socket or this user may not use it, and errors that say so when nobody listens, when the answer is late, too long or
 * not a success.
 */
export async function getUnix(socket: string, path: string, limits: Partial<AnswerLimits> = {}): Promise<string> {
  const { deadlineMs, maxBytes } = { ...defaults, ...limits };
  // Most machines have no container engine, and a request costs ten times as much as a look. It lies in memory (/run).
  await reading(socket, () => lstatSync(socket));
  const stop = new AbortController();
  const request = { unix: socket, keepalive: false, redirect: "error", signal: stop.signal } as const;
  const answer = async () => {
    const response = await fetch(`http://localhost${path}`, request).catch(sayRefused);
    if (!response.ok) throw new Error(`answered ${response.status}`);
    return response.body === null ? "" : readCapped(response.body, maxBytes);
  };
  try {
    return await reading(socket, () => withDeadline(answer(), deadlineMs, "no answer"));
  } finally {
    stop.abort();
  }
}

function sayRefused(error: unknown): never {
  if (errorCode(error) === "ECONNREFUSED") throw new Error("nobody listens");
  throw error;
}
