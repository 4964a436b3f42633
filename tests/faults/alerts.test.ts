import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { changeKinds } from "../../lib/model/change.ts";
import { selfSigned } from "../support/certificate.ts";
import { openNamespace } from "../support/namespace.ts";
import { testWith, testWithPrograms } from "../support/needs.ts";
import { type Life, startLife } from "./life.ts";

/** The titles of the messages that make a phone ring. */
const loud = ({ discord }: Life) =>
  discord.messages.flatMap((message) => {
    const text = JSON.stringify(message);
    return text.includes('"flags":4096') ? [] : [/"content":"([^"]+)"/.exec(text)?.[1] ?? text];
  });

/** A settings file that leaves one rule on, so that this machine's own incidents stay out of it. */
const only = (rule: string) =>
  [
    "storage_used",
    "storage_full_soon",
    "storage_inodes",
    "memory",
    "swap_traffic",
    "swap_used",
    "cpu_busy",
    "cpu_steal",
  ]
    .concat("cpu_iowait", "load", "temperature", "storage_silent", "storage_read_only", "units", "containers", "clock")
    .filter((name) => name !== rule)
    .map((name) => `${name} = false\n`)
    .join("");

/** Makes the last run older: two looks within seconds are one to the rules, and this machine's clock is the real one. */
function letTimePass(file: string, seconds: number): void {
  using database = new Database(file, { strict: true });
  database.run("UPDATE target SET state = json_set(state, '$.seenMs', state ->> '$.seenMs' - ?) WHERE state NOTNULL", [
    seconds * 1000,
  ]);
  database.run(
    `UPDATE fact SET value = json_set(value, '$.takenAtMs', value ->> '$.takenAtMs' - ?1 * 1000,
      '$.values.host.uptimeSeconds', value ->> '$.values.host.uptimeSeconds' - ?1) WHERE name = 'snapshot'`,
    [seconds],
  );
}

testWith("mkfs.ext4")(
  "a disk that fills past both lines and is emptied makes three loud messages, runs between none",
  async () => {
    await using life = await startLife();
    await using namespace = await openNamespace();
    await namespace.shell(
      "truncate -s 200M $W/image; mkfs.ext4 -q -m 0 $W/image; mkdir $W/disk; mount -o loop $W/image $W/disk",
    );
    const disk = join(namespace.directory, "disk");
    const config = join(life.directory, "settings.toml");
    const unchanging = changeKinds.map((kind) => `${kind} = false\n`).join("");
    const rules = `[rules]\n${only("storage_used")}[rules.storage_used.targets]\n"/" = false\n`;
    writeFileSync(config, `${rules}[changes]\n${unchanging}`);
    const report = async () => {
      const run = { onThisMachine: true, prefix: namespace.enter([]), arguments: ["--config", config] };
      expect((await life.run(run)).status).toBe(0);
      letTimePass(join(life.stateDirectory, "state.db"), 60);
    };
    const fillTo = (percent: number) =>
      namespace.shell(`cd $W/disk; rm -f fill; set -- $(df -B1 --output=used,avail . | tail -1)
      fallocate -l $((($1 + $2) * ${percent} / 100 - $1)) fill`);
    await report();
    await fillTo(88);
    for (let count = 0; count < 3; count += 1) await report();
    await fillTo(97);
    for (let count = 0; count < 3; count += 1) await report();
    await namespace.shell(`rm ${disk}/fill`);
    for (let count = 0; count < 4; count += 1) await report();
    // What else happens to this machine meanwhile, such as a process that is killed, is no news of the disk.
    const titles = loud(life).filter((title) => !title.startsWith("🔵"));
    expect(titles.map((title) => title.slice(0, 2))).toEqual(["⚠️", "🟥", "🟢"]);
    expect(titles.every((title) => /^\S+ Disk \/tmp\//u.test(title))).toBe(true);
  },
);

test("a web server that dies is announced once, and once that it is back", async () => {
  await using life = await startLife();
  const config = join(life.directory, "settings.toml");
  let server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("Misskey") });
  const { port } = server;
  writeFileSync(config, `[[http]]\nname = "blog"\nurl = "http://127.0.0.1:${port}/"\nexpect_text = "Misskey"\n`);
  const report = async () => {
    expect((await life.run({ arguments: ["--config", config] })).status).toBe(0);
    life.pass(30);
  };
  for (let count = 0; count < 2; count += 1) await report();
  await server.stop(true);
  for (let count = 0; count < 4; count += 1) await report();
  server = Bun.serve({ port: port ?? 0, hostname: "127.0.0.1", fetch: () => new Response("Misskey") });
  for (let count = 0; count < 4; count += 1) await report();
  await server.stop(true);
  expect(loud(life).map((text) => text.replace(/, after .*/, ""))).toEqual([
    "🟥 blog is down (connection refused): critical",
    "🟢 blog is up again",
  ]);
});

/** What systemctl prints of a machine with one service. */
const oneService = (named: string, activeState: string, result: string) => {
  const properties = `Id,LoadState,ActiveState,SubState,UnitFileState,Result,NRestarts,ExecMainStartTimestampMonotonic${named && ",Names,TriggeredBy,WantedBy,RequiredBy"}`;
  const unit = `Id=nginx.service\nNames=nginx.service\nLoadState=loaded\nActiveState=${activeState}\nSubState=${activeState}`;
  return {
    [`systemctl show *.service *.mount *.swap *.socket *.timer *.path *.automount *.scope ${named}--property=${properties}`]: `${unit}\nUnitFileState=enabled\nResult=${result}\n`,
  };
};

test.each([
  ["that is watched", "nginx.service ", ["🟥 nginx.service is down: critical", "🟢 nginx.service is up again, after"]],
  ["that nobody watches", "", ["⚠️ nginx.service failed (oom-kill): warning", "🟢 nginx.service recovered, after"]],
])(
  "a service %s fails: it is announced once, with how it failed, and once that it is well",
  async (_, named, expected) => {
    await using life = await startLife();
    const config = join(life.directory, "settings.toml");
    writeFileSync(config, named === "" ? "" : `[[service]]\nunit = "nginx"\n`);
    for (const [state, result] of [
      ["active", "success"],
      ["failed", "oom-kill"],
      ["active", "success"],
    ] as const) {
      life.answer(oneService(named, state, result));
      for (let count = 0; count < 3; count += 1) {
        expect((await life.run({ arguments: ["--config", config] })).status).toBe(0);
        life.pass(30);
      }
    }
    const heard = loud(life).map((text, index) => text.slice(0, expected[index]?.length));
    expect(heard).toEqual(expected);
    const said = life.discord.messages
      .map((message) => JSON.stringify(message))
      .find((text) => text.includes(expected[0] ?? ""));
    expect(said).toContain("oom-kill");
    // Once in the headline, and once in each of both commands.
    expect(said?.match(/nginx/g)).toHaveLength(3);
  },
);

test("what cannot be read stays on the card as it was last seen; what the settings do not name any more does not", async () => {
  await using life = await startLife();
  const config = join(life.directory, "settings.toml");
  const watched = '[[service]]\nunit = "nginx"\n';
  writeFileSync(config, watched);
  const report = async () => {
    expect((await life.run({ arguments: ["--config", config] })).status).toBe(0);
    life.pass(30);
    return /"title":"([^"]+)"/.exec(JSON.stringify(life.discord.messages.at(-1)))?.[1];
  };
  const rule = async () => {
    const { stdout } = await life.run({ command: (program) => [program, "check", "--rules", "--config", config] });
    return /.*service_down.*/.exec(stdout)?.[0];
  };
  life.answer(oneService("nginx.service ", "inactive", "success"));
  expect(await report()).toBe("🟥 Critical: nginx.service is down");
  life.answer({});
  expect(await report()).toMatch(/Critical: nginx.service is down \(last seen/u);
  expect(await rule()).toBe("critical  service_down nginx.service: not seen now; critical at once");
  writeFileSync(config, "");
  expect(await report()).toBe("🟢 All well");
  expect(await rule()).toStartWith("no data");
  writeFileSync(config, watched);
  life.answer(oneService("nginx.service ", "active", "success"));
  expect(await report()).toBe("🟥 Critical: nginx.service is up again (still watching)");
  expect(await report()).toBe("🟢 All well");
  expect(loud(life).map((text) => text.replace(/, after .*/, ""))).toEqual([
    "🟥 nginx.service is down: critical",
    "🟢 nginx.service is up again",
  ]);
});

testWithPrograms("openssl")(
  "a certificate that ends in five days is announced once, and once that there is a new one",
  async () => {
    await using life = await startLife();
    const [config, authorities] = [join(life.directory, "settings.toml"), join(life.directory, "ca.pem")];
    const [old, young] = [selfSigned("IP:127.0.0.1", { days: 5 }), selfSigned("IP:127.0.0.1", { days: 90 })];
    writeFileSync(authorities, old.cert + young.cert);
    const serve = (tls: typeof old, port: number) =>
      Bun.serve({ port, hostname: "127.0.0.1", tls, fetch: () => new Response("hello") });
    let server = serve(old, 0);
    const port = server.port ?? 0;
    writeFileSync(config, `[[http]]\nname = "blog"\nurl = "https://127.0.0.1:${port}/"\n`);
    const report = async () => {
      const environment = { NODE_EXTRA_CA_CERTS: authorities };
      expect((await life.run({ arguments: ["--config", config], environment })).status).toBe(0);
      life.pass(30);
    };
    for (let count = 0; count < 3; count += 1) await report();
    await server.stop(true);
    server = serve(young, port);
    for (let count = 0; count < 4; count += 1) await report();
    await server.stop(true);
    const titles = loud(life);
    expect(titles).toHaveLength(2);
    expect(titles[0]).toMatch(/^⚠️ Certificate for blog expires in/u);
    expect(titles[1]).toMatch(/^🟢 Certificate for blog renewed/u);
  },
);

testWithPrograms("strace")(
  "a run that is killed while it commits loses no announcement, and doubles none unsaid",
  async () => {
    await using life = await startLife();
    await life.run();
    for (const call of ["fsync", "unlink"]) {
      for (let when = 1, survived = false; !survived; when += 1) {
        life.pass(4 * 60, true);
        const before = life.discord.messages.length;
        const inject = ["-e", `trace=${call}`, "-e", `inject=${call}:signal=KILL:when=${when}`];
        survived = (await life.run({ prefix: ["strace", "-f", "-qq", "-o", "/dev/null", ...inject] })).status === 0;
        await life.run();
        const messages = life.discord.messages.slice(before).map((message) => JSON.stringify(message));
        const [first, ...again] = messages.filter((text) => text.includes("Rebooted"));
        expect(first ?? `nothing after a kill at ${call} ${when}`).toContain("Rebooted");
        expect(again.every((text) => text.includes("may be a duplicate"))).toBe(true);
      }
    }
  },
);
