import { expect, test } from "bun:test";

import { checkTcp } from "../../lib/host/tcpCheck.ts";
import { portCheck } from "../support/checks.ts";
import { program, testWhen } from "../support/programNeeds.ts";

const quiet = { socket: { data: () => undefined } };

test("a port that accepts connections is well, and how long the connection took is told", async () => {
  using server = Bun.listen({ port: 0, hostname: "127.0.0.1", ...quiet });
  const finding = await checkTcp(portCheck(server.port));
  expect(finding).toEqual({ problem: null, seconds: expect.any(Number) });
  expect(finding.seconds).toBeLessThan(2);
});

test("the connection is closed again", async () => {
  const closed = Promise.withResolvers<string>();
  const socket = { data: () => undefined, close: () => closed.resolve("closed") };
  using server = Bun.listen({ port: 0, hostname: "127.0.0.1", socket });
  await checkTcp(portCheck(server.port));
  expect(await closed.promise).toBe("closed");
});

test("a port that nobody listens on, and a host that there is not, are told as such", async () => {
  expect(await checkTcp(portCheck(1))).toEqual({ problem: { code: "fault", fault: "refused" }, seconds: null });
  const nowhere = await checkTcp(portCheck(22, { host: "no-such-host.invalid" }));
  expect(nowhere).toEqual({ problem: { code: "fault", fault: "unknownHost" }, seconds: null });
});

// A full backlog: the kernel drops what comes over it, as a firewall would.
const fullBacklog = `
import socket, sys
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(0)
port = server.getsockname()[1]
held = [socket.socket() for _ in range(4)]
for one in held:
    one.setblocking(False)
    one.connect_ex(("127.0.0.1", port))
print(port, flush=True)
sys.stdin.read()
`;

testWhen([program("python3")])("a port that never answers is given up at the timeout", async () => {
  await using server = Bun.spawn(["python3", "-c", fullBacklog], { stdin: "pipe", stdout: "pipe" });
  const reader = server.stdout.getReader();
  const port = Number(new TextDecoder().decode((await reader.read()).value));
  const finding = await checkTcp(portCheck(port, { timeoutSeconds: 0.2 }));
  expect(finding).toEqual({ problem: { code: "noConnection", seconds: 0.2 }, seconds: null });
});
