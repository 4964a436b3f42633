/** A request that an engine got, its body unpacked. */
export interface EngineRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly text: string;
  /** When it was complete, milliseconds since the epoch. */
  readonly timeMs: number;
}

/** How an engine answers; `hang`: never. */
export type EngineAnswer = ResponseInit & { readonly status: number; readonly body?: string };

/** A Pushgateway, VictoriaMetrics or collector on loopback. */
export interface FakeEngine extends Disposable {
  readonly requests: readonly EngineRequest[];
  readonly at: (path: string, user?: string) => string;
  /** What the next requests are answered with; 204 once there is none. */
  readonly script: (...answers: readonly (EngineAnswer | "hang")[]) => void;
  /** The same for all requests from now on. */
  readonly scriptForEver: (answer?: EngineAnswer | "hang") => void;
}

/** Starts one; it is closed with the scope. */
export function fakeEngine(): FakeEngine {
  const requests: EngineRequest[] = [];
  const queue: (EngineAnswer | "hang")[] = [];
  let always: EngineAnswer | "hang" | undefined;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: async (request) => {
      const bytes = new Uint8Array(await request.arrayBuffer());
      const isPacked = request.headers.get("content-encoding") === "gzip";
      const { pathname, search } = new URL(request.url);
      requests.push({
        method: request.method,
        path: pathname + search,
        headers: request.headers,
        text: new TextDecoder().decode(isPacked ? Bun.gunzipSync(bytes) : bytes),
        timeMs: Date.now(),
      });
      const answer = queue.shift() ?? always ?? { status: 204 };
      return answer === "hang" ? Promise.withResolvers<Response>().promise : new Response(answer.body ?? null, answer);
    },
  });
  return {
    requests,
    at: (path, user = "") => `http://${user}127.0.0.1:${server.port}${path}`,
    script: (...answers) => void queue.push(...answers),
    scriptForEver: (answer) => void (always = answer),
    [Symbol.dispose]: () => void server.stop(true),
  };
}
