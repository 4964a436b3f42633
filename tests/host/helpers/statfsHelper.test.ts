import { expect, test } from "bun:test";

import { createStatfsAsker } from "../../../lib/host/helpers/statfsHelper.ts";

import { openNamespace } from "../../support/namespace.ts";
import { binary, testWith } from "../../support/needs.ts";

const asker = (script: string) => createStatfsAsker(["sh", "-c", script]);
const answer = (mountPoint: string, totalBytes: number) =>
  JSON.stringify({ mountPoint, usage: { totalBytes, freeBytes: 0, availableBytes: 0, inodes: 0, inodesFree: 0 } });
const paths = ["/a", "/b"].map((path) => Buffer.from(path));

test("all questions of one moment go to one helper, in whatever order it answers", async () => {
  const ask = asker(`read -r list; printf '%s\\n' '${answer("/b", 2)}' '${answer("/a", 1)}'`);
  expect((await Promise.all(paths.map(ask))).map(({ totalBytes }) => totalBytes)).toEqual([1, 2]);
});

test("an error of one mount has its code and spares the others", async () => {
  const ask = asker(`printf '%s\\n' '{"mountPoint":"/a","error":"EACCES"}' '${answer("/b", 2)}'`);
  const [first, second] = await Promise.allSettled(paths.map(ask));
  expect(first?.status === "rejected" && first.reason).toHaveProperty("code", "EACCES");
  expect(second).toMatchObject({ status: "fulfilled", value: { totalBytes: 2 } });
});

test.each([
  ["ends without a word", "exit 1", /ended without an answer/],
  ["says something else", "echo hello", /JSON/],
  ["cannot be started", null, /could not be started/],
])("a helper that %s fails all that was asked", async (_, script, reason) => {
  const ask = script === null ? createStatfsAsker(["/no/such/program"]) : asker(script);
  const settled = await Promise.allSettled(paths.map(ask));
  for (const one of settled) expect(String(one.status === "rejected" && one.reason)).toMatch(reason);
});

test("this program is its own helper, and takes mount points as bytes", async () => {
  const ask = createStatfsAsker();
  const [root, odd] = await Promise.allSettled([ask(Buffer.from("/")), ask(Buffer.from("/no/\xFF", "latin1"))]);
  expect(root).toMatchObject({ status: "fulfilled", value: { totalBytes: expect.any(Number) } });
  expect(odd.status === "rejected" && odd.reason).toHaveProperty("code", "ENOENT");
});

testWith("bindfs", "pgrep")("hung FUSE mounts are named, the others answer, and no process is left", async () => {
  await using space = await openNamespace({ processes: true });
  await space.shell(`
    mkdir $W/source; printf '[storage]\\nnetwork = true\\n' >$W/settings.toml
    for name in hung1 hung2 hung3 well; do
      mkdir $W/$name; bindfs -f $W/source $W/$name >/dev/null 2>&1 & echo $! >$W/$name.pid
      until grep -q " $W/$name " /proc/self/mountinfo; do :; done
    done
    for name in hung1 hung2 hung3; do kill -STOP $(cat $W/$name.pid); done`);
  const startedMs = performance.now();
  const { status, stdout } = await space.run([binary, "show", "--config", `${space.directory}/settings.toml`]);
  expect(performance.now() - startedMs).toBeLessThan(10_000);
  expect(status).toBe(0);
  for (const name of ["hung1", "hung2", "hung3"]) expect(stdout).toMatch(new RegExp(`/${name} .*no answer within 2 s`));
  expect(stdout).toMatch(/\/well .* free/);
  expect(stdout).toMatch(/Memory .*GiB|MiB/);
  expect(await space.shell("pgrep -f '[_]_statfs' || echo none")).toBe("none\n");
});
