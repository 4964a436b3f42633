import { Unavailable } from "../metric.ts";

const deadlineMs = 2000;

/**
 * GET over a unix socket, as the Docker engine serves its API. Absent, refused and hung are three different answers:
 * `Unavailable` for the first, errors for the others.
 */
export async function getUnix(socket: string, path: string): Promise<string> {
  if (
    !(await Bun.file(socket)
      .exists()
      .catch(() => false))
  )
    throw new Unavailable(`${socket} is not there`);
  const response = await fetch(`http://localhost${path}`, { unix: socket, signal: AbortSignal.timeout(deadlineMs) });
  if (!response.ok) throw new Error(`${socket} answered ${response.status}`);
  return response.text();
}
