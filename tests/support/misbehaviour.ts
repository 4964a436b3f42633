import type { Socket } from "node:net";

const json = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
const piece = "x".repeat(16 * 1024);

/** Writes `text` again and again, as fast as it is taken. */
function flood(socket: Socket, text: string): void {
  const more = () => {
    while (!socket.destroyed && socket.write(text));
  };
  socket.on("drain", more);
  more();
}

/** Writes `text` one character at a time, one each few milliseconds. */
function drip(socket: Socket, text: string, everyMs = 5): void {
  const letters = [...text];
  const timer = setInterval(() => {
    const letter = letters.shift();
    if (letter === undefined || socket.destroyed) return clearInterval(timer);
    socket.write(letter);
  }, everyMs);
}

/** What a server can do wrong once it has read a request. */
export const misbehaviours = {
  hang: () => undefined,
  close: (socket) => socket.end(),
  reset: (socket) => socket.resetAndDestroy(),
  garbage: (socket) => socket.end("SSH-2.0-OpenSSH_9.6\r\n\r\n"),
  "half a header": (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Ty"),
  "slow headers": (socket) => drip(socket, `HTTP/1.1 200 OK\r\nX-Slow: ${piece}`),
  "endless headers": (socket) => {
    socket.write("HTTP/1.1 200 OK\r\n");
    flood(socket, `X-More: ${piece.slice(0, 1000)}\r\n`);
  },
  "slow body": (socket) => {
    socket.write(`${json}Content-Length: ${piece.length}\r\n\r\n`);
    drip(socket, piece);
  },
  "stalled body": (socket) => socket.write(`${json}Content-Length: 500\r\n\r\n{"id":`),
  "broken body": (socket) => socket.end(`${json}Content-Length: 500\r\n\r\n{"id":`),
  "endless body": (socket) => {
    socket.write(`${json}\r\n`);
    flood(socket, piece);
  },
  "bad gzip": (socket) => socket.end(`${json}Content-Encoding: gzip\r\nContent-Length: 7\r\n\r\nnotgzip`),
  "bad chunk": (socket) => socket.end(`${json}Transfer-Encoding: chunked\r\n\r\nzz\r\nabc`),
} as const satisfies Record<string, (socket: Socket) => unknown>;

/** Names of what a server can do wrong after it read a request. */
export type Misbehaviour = keyof typeof misbehaviours;
