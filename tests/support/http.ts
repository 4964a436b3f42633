import type { Socket } from "node:net";

/** A request as it came over the wire. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** All of it, head and body. */
  readonly sentBytes: number;
  /** When it was complete, milliseconds since the epoch. */
  readonly timeMs: number;
}

/** Reads one request with a Content-Length (or no body) from a connection and hands it on. */
export function onRequest(socket: Socket, handle: (request: ReceivedRequest) => void): void {
  let bytes = Buffer.alloc(0);
  const read = (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    const headEnd = bytes.indexOf("\r\n\r\n");
    if (headEnd < 0) return;
    const [requestLine = "", ...lines] = bytes.toString("latin1", 0, headEnd).split("\r\n");
    const headers = new Headers(
      lines.map((line): [string, string] => [line.split(":")[0]!, line.replace(/^[^:]*:/, "")]),
    );
    const body = bytes.subarray(headEnd + 4);
    if (body.length < Number(headers.get("content-length") ?? 0)) return;
    socket.off("data", read);
    const [method = "", path = ""] = requestLine.split(" ");
    const text = body.toString("utf8");
    handle({
      method,
      path,
      headers,
      body: text,
      bytes: new Uint8Array(body),
      sentBytes: bytes.length,
      timeMs: Date.now(),
    });
  };
  socket.on("data", read);
}

/** Writes a whole answer and closes. */
export function answer(socket: Socket, status: number, headers: Readonly<Record<string, string>>, body: string): void {
  const length = status === 204 ? {} : { "Content-Length": String(Buffer.byteLength(body)) };
  const lines = Object.entries({ ...headers, ...length, Connection: "close" }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  socket.end([`HTTP/1.1 ${status} Status`, ...lines, "", status === 204 ? "" : body].join("\r\n"));
}
