import { expect, test } from "bun:test";
import * as v from "valibot";

import { type Namespace, openNamespace } from "../support/namespace.ts";
import { testWith, testWithPrograms } from "../support/needs.ts";
import { type Life, startLife } from "./life.ts";

const listed = v.object({ waiting: v.array(v.object({ perhapsDelivered: v.boolean() })) });

/** Of each message that waits, whether it may have arrived. */
async function doubtsIn(life: Life, onThisMachine = false): Promise<readonly boolean[]> {
  const { stdout } = await life.run({ onThisMachine, command: (binary) => [binary, "outbox", "--json"] });
  return v.parse(listed, JSON.parse(stdout)).waiting.map(({ perhapsDelivered }) => perhapsDelivered);
}

/** Nobody at the real Discord is asked: out of a network namespace there is no way. */
const discord = { DISCORD_WEBHOOK_URL: "https://discord.com/api/webhooks/112233445566778899/nobody-is-ever-asked" };

/** One run that cannot deliver: it ends in time, keeps its message, and says why in one line, which is returned. */
async function kept(life: Life, namespace: Namespace): Promise<string> {
  const begun = performance.now();
  const { status, stderr } = await life.run({ prefix: namespace.enter([]), environment: discord });
  expect(performance.now() - begun).toBeLessThan(20_000);
  expect(status).toBe(75);
  expect(await doubtsIn(life)).toEqual([false]);
  return stderr;
}

testWith("ip")("without a network the message is kept, and it is said in one line", async () => {
  await using life = await startLife();
  await using namespace = await openNamespace({ network: true });
  expect(await kept(life, namespace)).toMatch(/^server-metrics: not delivered: .*(DNS|no route).*\n$/);
  life.pass(30);
  expect((await life.run()).status).toBe(0);
  expect(life.discord.messages).toHaveLength(2);
});

/** A name server that answers every question with a code of RFC 1035. */
const nameServer = (code: number) => `
  await Bun.udpSocket({ port: 53, hostname: "127.0.0.1", socket: { data(socket, question, port, address) {
    const answer = Buffer.from(question);
    answer[2] |= 0x80;
    answer[3] = 0x80 | ${code};
    socket.send(answer, port, address);
  } } });
  console.log("ready");`;

for (const [name, program] of [
  ["fails", nameServer(2)],
  ["knows no such name", nameServer(3)],
  ["refuses", nameServer(5)],
  ["is not there", `console.log("nobody")`],
] as const) {
  testWith("ip")(`a name server that ${name} is a fault that passes`, async () => {
    await using life = await startLife();
    await using namespace = await openNamespace({ network: true });
    await namespace.shell(`ip link set lo up; echo nameserver 127.0.0.1 >$W/resolv.conf
      mount --bind $W/resolv.conf "$(readlink -f /etc/resolv.conf)"`);
    const command = namespace.enter([process.execPath, "--no-env-file", "-e", program]);
    await using server = Bun.spawn([...command], { stdout: "pipe" });
    await server.stdout.getReader().read();
    expect(await kept(life, namespace)).toContain("could not find the webhook's host: DNS");
  });
}

for (const signal of ["TERM", "INT", "HUP"]) {
  testWithPrograms("strace")(
    `SIG${signal} in the middle of a request ends the run, and the message waits`,
    async () => {
      await using life = await startLife();
      life.discord.scriptForEver("hang");
      const inject = ["-e", "trace=sendto", "-e", `inject=sendto:signal=${signal}:when=2`];
      const begun = performance.now();
      await life.run({ prefix: ["strace", "-f", "-qq", "-o", "/dev/null", ...inject] });
      // Of itself it would wait for 10 s.
      expect(performance.now() - begun).toBeLessThan(8000);
      expect(await doubtsIn(life)).toEqual([true]);
    },
  );
}

/** Looks until a message of this machine waits; the time when one does. */
async function untilKept(life: Life): Promise<number> {
  for (let look = 0; look < 1000 && (await doubtsIn(life, true)).length === 0; look += 1);
  return performance.now();
}

test("a run that is stopped while it waits for its turn ends at once, and its message waits", async () => {
  await using life = await startLife();
  const committed = untilKept(life);
  const stop = { signal: "SIGTERM", when: committed } as const;
  const { status } = await life.run({ stop, arguments: ["--splay", "1500"], onThisMachine: true });
  expect(performance.now() - (await committed)).toBeLessThan(60_000);
  // By the signal, not by itself.
  expect(status).toBeNull();
  expect(life.discord.requests).toEqual([]);
  expect(await doubtsIn(life, true)).toEqual([false]);
});
