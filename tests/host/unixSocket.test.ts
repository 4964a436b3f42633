import { afterAll, expect, test } from "bun:test";
import { chmodSync } from "node:fs";
import { join } from "node:path";

import { getUnix } from "../../lib/host/unixSocket.ts";
import { Unavailable } from "../../lib/model/host.ts";
import { type Need, program, root, testWhen } from "../support/programNeeds.ts";
import { lacks, projectRoot, run, temporaryDirectory } from "../support/project.ts";

const opened = new DisposableStack();
const directory = opened.use(temporaryDirectory());
afterAll(() => opened.dispose());
const socketNamed = (name: string) => join(directory.path, name.replaceAll(" ", "-"));

/** A server of real HTTP on a unix socket; its path. */
function serve(name: string, answer: (request: Request) => Response): string {
  opened.use(Bun.serve({ unix: socketNamed(name), fetch: answer }));
  return socketNamed(name);
}

/** A server that gets a request and does as it likes; its path. */
function misbehave(name: string, data: (socket: Bun.Socket) => void): string {
  opened.use(Bun.listen({ unix: socketNamed(name), socket: { data } }));
  return socketNamed(name);
}

test("the body of the answer comes back", async () => {
  const path = serve(
    "good",
    ({ method, url }) => new Response(`${method} ${new URL(url).pathname}${new URL(url).search}`),
  );
  expect(await getUnix(path, "/containers/json?all=1")).toBe("GET /containers/json?all=1");
});

test("a socket that is not there is unavailable", async () => {
  const answer = getUnix(socketNamed("none"), "/");
  expect(answer).rejects.toBeInstanceOf(Unavailable);
  expect(answer).rejects.toThrow("none is not there");
});

testWhen([program("python3")])("a socket that nobody listens on any more is an error", async () => {
  const path = socketNamed("stale");
  const bind = `import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])`;
  await run(["python3", "-c", bind, path]);
  const answer = getUnix(path, "/");
  expect(answer).rejects.toThrow("stale: nobody listens");
  expect(answer).rejects.not.toBeInstanceOf(Unavailable);
});

/** In a checkout below a private directory nobody cannot even start Bun. */
const asNobodyHere = ["setpriv", "--reuid=65534", "--clear-groups", "test", "-x", process.execPath];
const nobodyMayRun: Need = {
  what: "a checkout that everybody may read",
  there: !root.there || (!lacks("setpriv") && Bun.spawnSync(asNobodyHere).success),
};

testWhen([root, nobodyMayRun])("a socket of others is unavailable", async () => {
  const path = serve("private", () => new Response("secret"));
  chmodSync(directory.path, 0o755);
  chmodSync(path, 0);
  const script = `import { getUnix } from ${JSON.stringify(`${projectRoot}/lib/host/unixSocket.ts`)};
    await getUnix(${JSON.stringify(path)}, "/").catch((error) => console.log(error.name, error.message));`;
  const asNobody = ["setpriv", "--reuid=65534", "--clear-groups", process.execPath, "-e", script];
  const { stdout } = await run(asNobody, { cwd: "/" });
  expect(stdout).toBe(`Unavailable ${path} may not be read by this user\n`);
});

test("a server that never answers is an error when the deadline is over", async () => {
  const answer = getUnix(
    misbehave("mute", () => undefined),
    "/",
    { deadlineMs: 50 },
  );
  expect(answer).rejects.toThrow("mute: no answer within 0.05 s");
  expect(answer).rejects.not.toBeInstanceOf(Unavailable);
});

test("a body that stalls is an error when the deadline is over", async () => {
  const head = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf";
  const path = misbehave("slow", (socket) => void socket.write(head));
  expect(getUnix(path, "/", { deadlineMs: 50 })).rejects.toThrow("slow: no answer within 0.05 s");
});

test("a body without end is stopped", async () => {
  const endless = () => new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(65_536)) });
  const path = serve("endless", () => new Response(endless()));
  expect(getUnix(path, "/", { maxBytes: 100_000 })).rejects.toThrow("more than 100000 bytes");
});

test.each([
  ["an error status", () => new Response("no", { status: 500 }), "answered 500"],
  ["a redirect", () => Response.redirect("http://localhost/elsewhere"), "UnexpectedRedirect"],
])("%s is an error", async (name, answer, problem) => {
  expect(getUnix(serve(name, answer), "/")).rejects.toThrow(problem);
});

test("a server that hangs up is an error", async () => {
  const path = misbehave("rude", (socket) => void socket.end());
  expect(getUnix(path, "/")).rejects.toThrow("rude: ECONNRESET");
});
