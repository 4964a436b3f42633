import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { openNamespace } from "../support/namespace.ts";
import { testWith, testWithPrograms } from "../support/needs.ts";
import { straceFor } from "./kills.ts";
import { cardsIn, type Life, nobody, startLife } from "./life.ts";
import { root, testWhen } from "../support/programNeeds.ts";

/** One report, which has to arrive although nothing can be remembered, and to say so. */
async function expectEphemeral(life: Life, options: Parameters<Life["run"]>[0] = {}) {
  const { status, stderr } = await life.run(options);
  expect(status).toBe(73);
  expect(stderr).toContain("no state");
  expect(life.discord.messages).toHaveLength(1);
  expect(JSON.stringify(life.discord.messages[0])).toContain("No history is kept");
}

test.each<[string, (life: Life) => void]>([
  ["a symbolic link", ({ directory, stateDirectory }) => symlinkSync(directory, stateDirectory)],
  ["a file", ({ stateDirectory }) => writeFileSync(stateDirectory, "")],
  ["open to others", ({ stateDirectory }) => (mkdirSync(stateDirectory), chmodSync(stateDirectory, 0o777))],
])("a state directory that is %s is refused, and the report arrives all the same", async (_, spoil) => {
  await using life = await startLife();
  spoil(life);
  await expectEphemeral(life);
});

testWhen([root])("a state directory of another user is refused, and the report arrives all the same", async () => {
  await using life = await startLife();
  mkdirSync(life.stateDirectory, { mode: 0o700 });
  chownSync(life.stateDirectory, 65_534, 65_534);
  await expectEphemeral(life);
});

test.each<[string, (file: string) => void]>([
  ["a directory", (file) => mkdirSync(file)],
  ["a link", (file) => symlinkSync("/etc/hostname", file)],
])("a state file that is %s is refused, and the report arrives all the same", async (_, spoil) => {
  await using life = await startLife();
  mkdirSync(life.stateDirectory, { mode: 0o700 });
  spoil(join(life.stateDirectory, "state.db"));
  await expectEphemeral(life);
});

testWith()("on a full disk, without inodes and read-only, the report arrives all the same", async () => {
  for (const options of ["size=4k", "size=1m,nr_inodes=2", "size=1m,ro"]) {
    await using life = await startLife();
    await using namespace = await openNamespace();
    await namespace.shell(`mkdir $W/state && mount -t tmpfs -o mode=700,${options} tmpfs $W/state`);
    const environment = { SERVER_METRICS_STATE_DIR: join(namespace.directory, "state") };
    await expectEphemeral(life, { prefix: namespace.enter([]), environment });
  }
});

test("a damaged lock file is healed", async () => {
  await using life = await startLife();
  mkdirSync(life.stateDirectory, { mode: 0o700 });
  writeFileSync(join(life.stateDirectory, "lock.db"), "nothing belongs in here".repeat(100));
  expect((await life.run()).status).toBe(0);
  expect(cardsIn(life.discord)).toHaveLength(1);
});

testWith()("on a file system gone read-only the report arrives, and what waits there is kept", async () => {
  await using life = await startLife();
  await using namespace = await openNamespace();
  await namespace.shell("mkdir $W/state && mount -t tmpfs -o mode=700,size=4m tmpfs $W/state");
  const environment = { SERVER_METRICS_STATE_DIR: join(namespace.directory, "state") };
  const prefix = namespace.enter([]);
  expect((await life.run({ prefix, environment: { ...nobody, ...environment } })).status).toBe(75);
  life.pass(30);
  await namespace.shell("mount -o remount,ro $W/state");
  await expectEphemeral(life, { prefix, environment });
  life.pass(30);
  await namespace.shell("mount -o remount,rw $W/state");
  expect((await life.run({ prefix, environment })).status).toBe(0);
  expect(cardsIn(life.discord)).toHaveLength(3);
});

test("what waits in a damaged file is saved, the file set aside, and it is said once", async () => {
  await using life = await startLife();
  await life.run({ environment: nobody });
  spoilTable(join(life.stateDirectory, "state.db"), "layout");
  life.pass(30);
  expect((await life.run()).status).toBe(0);
  expect(cardsIn(life.discord)).toEqual(["2026-07-10T12:00:00.000Z", "2026-07-10T12:30:00.000Z"]);
  expect(JSON.stringify(life.discord.messages.at(-1))).toMatch(/state file was damaged/i);
  expect(readdirSync(life.stateDirectory).filter((name) => /^damaged-.*\.db$/.test(name))).toHaveLength(1);
  life.pass(30);
  await life.run();
  expect(JSON.stringify(life.discord.messages.at(-1))).not.toContain("damaged");
});

/** Writes nonsense over the first page of a table, which is not that of the messages. */
function spoilTable(file: string, table: string): void {
  const database = new Database(file);
  const { rootpage } =
    database.query<{ rootpage: number }, [string]>("SELECT rootpage FROM sqlite_master WHERE name = ?").get(table) ??
    {};
  const size = database.query<{ page_size: number }, []>("PRAGMA page_size").get()?.page_size;
  database.close();
  if (rootpage === undefined || size === undefined) throw new Error("no such table");
  const bytes = readFileSync(file);
  bytes.fill(0xff, (rootpage - 1) * size, rootpage * size);
  writeFileSync(file, bytes);
}

test.each([
  ["text", (file: string) => writeFileSync(file, "this is no database ".repeat(1000))],
  ["cut in half", (file: string) => truncateSync(file, readFileSync(file).length / 2)],
  ["empty", (file: string) => truncateSync(file, 0)],
])("a state file that is %s is begun afresh", async (_, spoil) => {
  await using life = await startLife();
  await life.run();
  spoil(join(life.stateDirectory, "state.db"));
  life.pass(30);
  expect((await life.run()).status).toBe(0);
  life.pass(30);
  expect((await life.run()).status).toBe(0);
  expect(cardsIn(life.discord)).toHaveLength(3);
});

test("a state that a newer version wrote is left as it is, to the byte; the report arrives, and it is 78", async () => {
  await using life = await startLife();
  await life.run();
  const file = join(life.stateDirectory, "state.db");
  const database = new Database(file);
  database.run("PRAGMA user_version = 9999");
  database.close();
  const before = readFileSync(file);
  life.pass(30);
  expect((await life.run()).status).toBe(78);
  expect(life.discord.messages).toHaveLength(2);
  expect(readFileSync(file).equals(before)).toBe(true);
});

testWithPrograms("strace")("what the disk refuses to keep is sent all the same", async () => {
  for (const [call, error] of [
    ["pwrite64", "ENOSPC"],
    ["pwrite64", "EIO"],
    ["fsync", "EIO"],
  ] as const) {
    await using life = await startLife();
    await life.run();
    life.pass(30);
    const inject = ["-e", `trace=${call}`, "-e", `inject=${call}:error=${error}`];
    const { status } = await life.run({ prefix: [...straceFor("error"), "-o", "/dev/null", ...inject] });
    expect([call, error, status]).toEqual([call, error, 73]);
    expect(cardsIn(life.discord)).toHaveLength(2);
    life.pass(30);
    // There is room again, and it works again.
    expect((await life.run()).status).toBe(0);
  }
});

testWithPrograms("strace")(
  "what was written is sent once, though the disk does not vouch for its directory",
  async () => {
    await using life = await startLife();
    await life.run();
    life.pass(30);
    const inject = ["-e", "trace=fsync", "-e", "inject=fsync:error=EIO", "-P", life.stateDirectory];
    await life.run({ prefix: [...straceFor("error"), "-o", "/dev/null", ...inject] });
    life.pass(30);
    expect((await life.run()).status).toBe(0);
    expect(life.discord.messages).toHaveLength(3);
  },
);

test("the webhook's token is in no output, and not in the state either", async () => {
  await using life = await startLife();
  life.discord.script({ status: 500 }, { status: 500 }, { status: 403, body: "<html>" });
  for (let count = 0; count < 4; count += 1) {
    await life.run();
    await life.run({ command: (binary) => [binary, "outbox"] });
    await life.run({ command: (binary) => [binary, "check", "--json"] });
    life.pass(30);
  }
  expect(life.outputs.join("\n")).not.toContain(life.discord.token.slice(0, 12));
  for (const name of readdirSync(life.stateDirectory)) {
    expect(readFileSync(join(life.stateDirectory, name)).includes(life.discord.token.slice(0, 12))).toBe(false);
  }
});

test("while a run waits for Discord, every command that looks or notes something has its answer", async () => {
  await using life = await startLife();
  await life.run();
  life.pass(30);
  const asked = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  life.discord.script(() => asked.resolve());
  const atWork = life.run({ stop: { signal: "SIGTERM", when: end.promise } });
  await asked.promise;
  // A file that is locked for a second counts as none.
  const ask = (...words: string[]) => life.run({ command: (program) => [program, ...words] });
  expect((await ask("status")).stdout).toContain("  Last run  0 s ago");
  expect((await ask("outbox")).stdout).toContain("report");
  expect((await ask("history")).stdout).toContain("2 runs");
  expect(await ask("mute", "--all", "--for", "2h")).toMatchObject({ status: 0, stderr: "" });
  expect((await ask("mute", "--list")).stdout).toContain("everything");
  end.resolve();
  await atWork;
});
