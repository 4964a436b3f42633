import { afterAll, expect, test } from "bun:test";
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import * as v from "valibot";

import { askProbe } from "../../lib/host/probe.ts";
import { askProgram } from "../../lib/host/probe/plugin.ts";
import { type ProbeAnswer, ProbeProblem } from "../../lib/model/probe.ts";
import { selfSigned } from "../support/certificate.ts";
import { testWithPrograms } from "../support/needs.ts";
import { probeOf } from "../support/probes.ts";
import { temporaryDirectory } from "../support/project.ts";

const ask = (settings: object, deadlineMs = 5000) => askProbe(probeOf({ ...settings }), deadlineMs);
const shell = (script: string, deadlineMs = 5000) => ask({ run: ["/bin/sh", "-c", script] }, deadlineMs);
const nothing = (code: string, more = {}): ProbeAnswer => ({
  kind: "nothing",
  problem: v.parse(ProbeProblem, { code, ...more }),
});

/** The processes whose command line has a word, as far as they are still there. */
function processesWith(word: string): readonly string[] {
  return readdirSync("/proc").flatMap((pid) => {
    try {
      const line = /^\d+$/.test(pid) ? readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ") : "";
      return line.includes(word) ? [line] : [];
    } catch {
      return [];
    }
  });
}

/** A kill has been sent; each look takes long enough for the kernel to carry it out. */
function leftWith(word: string): readonly string[] {
  let left = processesWith(word);
  for (let look = 0; look < 200 && left.length > 0; look += 1) left = processesWith(word);
  return left;
}

test("a program's status, output and errors", async () => {
  expect(await shell("echo out; echo err >&2; exit 2")).toEqual({
    kind: "program",
    status: 2,
    output: "out\n",
    errors: "err\n",
  });
  expect(await shell("kill -9 $$")).toMatchObject({ kind: "program", status: null });
  expect(await ask({ run: ["/no/such"] })).toEqual(nothing("absent"));
  expect(await ask({ run: ["/etc/passwd"] })).toEqual(nothing("absent"));
});

test("arguments are handed over as they stand, and nothing else is", async () => {
  const script =
    'printf "%s|" "$@"; env | grep -v ^_= | sort | cut -d= -f1 | tr "\\n" " "; pwd; cat; readlink /proc/self/fd/0';
  const found = await ask({ run: ["/bin/sh", "-c", script, "sh", "a b", "$(id)", ";", "*"] });
  expect(found).toMatchObject({ output: "a b|$(id)|;|*|LC_ALL PATH PWD /\n/dev/null\n" });
});

test("a hostile program leaves no process, and no delay beyond its deadline", async () => {
  const word = `99${process.pid}`;
  const startedMs = performance.now();
  const forks = `i=0; while [ $i -lt 50 ]; do sleep ${word} & i=$((i+1)); done`;
  expect(await shell(`trap "" TERM HUP INT; (sleep ${word} &) ; ${forks}; yes`)).toEqual(
    nothing("tooMuch", { bytes: 65_536 }),
  );
  expect(await shell(`trap "" TERM HUP INT; (sleep ${word} &) ; ${forks}; sleep ${word}`, 300)).toEqual(
    nothing("late", { seconds: 0.3 }),
  );
  // One that ends by itself does not keep its children, nor wait for them.
  expect(await shell(`sleep ${word} & echo 5`)).toMatchObject({ status: 0, output: "5\n" });
  expect(await shell(`sleep ${word} >/dev/null 2>&1 & exit 1`)).toMatchObject({ status: 1 });
  expect(await shell(`exec >&- 2>&-; sleep ${word}`, 300)).toEqual(nothing("late", { seconds: 0.3 }));
  expect(performance.now() - startedMs).toBeLessThan(4000);
  expect(leftWith(`sleep ${word}`)).toEqual([]);
});

test("one that lets a child out of its group is not waited for beyond its deadline", async () => {
  // The sixth field of proc_pid_stat(5) is the session.
  const letOut = `setsid sleep 2 & until [ "$(cut -d' ' -f6 /proc/$!/stat)" = $! ]; do :; done`;
  expect(await shell(letOut, 1000)).toEqual(nothing("late", { seconds: 1 }));
});

test("root runs no program that others may change, nor one behind a link", async () => {
  using directory = temporaryDirectory();
  const [real, link] = [join(directory.path, "real"), join(directory.path, "link")];
  writeFileSync(real, "#!/bin/sh\necho 5\n");
  chmodSync(real, 0o755);
  symlinkSync(real, link);
  const asRoot = { isRoot: true, isOthers: (path: string) => path === real };
  expect(await askProgram([link], 1000, asRoot)).toEqual({ kind: "nothing", problem: { code: "unsafe" } });
  expect(await askProgram([link], 1000, { ...asRoot, isRoot: false })).toMatchObject({ output: "5\n" });
});

test.each([
  ["an interpreter", ["/bin/sh", "{}"]],
  ["with options before it", ["/bin/sh", "-e", "{}", "more"]],
  ["by a path that starts at the root", ["/bin/sh", "{relative}"]],
  ["behind a launcher", ["/usr/bin/env", "A=1", "{}"]],
  ["behind two", ["/usr/bin/nice", "-n", "5", "env", "sh", "{}"]],
  ["as the text of a command", ["/bin/sh", "-c", "{} --quiet; true"]],
])("root runs no script that others may change, given to %s", async (_what, command) => {
  using directory = temporaryDirectory();
  const script = join(directory.path, "check.sh");
  writeFileSync(script, "echo 5\n");
  chmodSync(script, 0o755);
  const words = command.map((word) => word.replace("{}", script).replace("{relative}", script.slice(1)));
  const asRoot = { isRoot: true, isOthers: (path: string) => path === script };
  expect(await askProgram(words, 1000, asRoot)).toEqual({ kind: "nothing", problem: { code: "unsafe" } });
  expect(await askProgram(words, 1000, { ...asRoot, isRoot: false })).toMatchObject({ kind: "program", status: 0 });
});

test("what a script reads may be anybody's", async () => {
  using directory = temporaryDirectory();
  const [script, value] = [join(directory.path, "check.sh"), join(directory.path, "value")];
  writeFileSync(script, "cat $1\n");
  writeFileSync(value, "5\n");
  const asRoot = { isRoot: true, isOthers: (path: string) => path === value };
  const five = { kind: "program", output: "5\n" };
  expect(await askProgram(["/bin/sh", script, value], 1000, asRoot)).toMatchObject(five);
  expect(await askProgram(["/bin/cat", value], 1000, asRoot)).toMatchObject(five);
  expect(await askProgram(["/bin/sh", "-c", `cat ${value}`], 1000, asRoot)).toMatchObject(five);
});

const requests: { readonly method: string; readonly headers: Headers; readonly body: string }[] = [];
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: async (request) => {
    const { pathname } = new URL(request.url);
    requests.push({ method: request.method, headers: request.headers, body: await request.text() });
    if (pathname === "/hang") return new Response(new ReadableStream({ pull: () => new Promise(() => undefined) }));
    if (pathname === "/large") return new Response("9".repeat(5 * 1024 * 1024));
    if (pathname === "/moved") return Response.redirect("/", 302);
    return pathname === "/" ? new Response("812") : new Response("no", { status: 503 });
  },
});
afterAll(() => server.stop(true));
const page = (path: string) => `http://127.0.0.1:${server.port}${path}`;

test("a page is asked for by GET, and with a body by POST", async () => {
  expect(await ask({ url: page("/") })).toEqual({ kind: "page", text: "812" });
  expect(requests.at(-1)).toMatchObject({ method: "GET", body: "" });
  await ask({ url: page("/"), body: "{}", headers: { Authorization: "Bearer x" } });
  expect(requests.at(-1)).toMatchObject({ method: "POST", body: "{}" });
  expect(requests.at(-1)?.headers.get("content-type")).toBe("application/json");
  expect(requests.at(-1)?.headers.get("authorization")).toBe("Bearer x");
  await ask({ url: page("/"), body: "a=b", headers: { "content-type": "text/x" } });
  expect(requests.at(-1)?.headers.get("content-type")).toBe("text/x");
});

test("a page that is not one says why", async () => {
  expect(await ask({ url: page("/no") })).toEqual(nothing("status", { got: 503, wanted: null }));
  expect(await ask({ url: page("/moved") })).toEqual(nothing("status", { got: 302, wanted: null }));
  expect(await ask({ url: page("/large") })).toEqual(nothing("tooMuch", { bytes: 4 * 1024 * 1024 }));
  expect(await ask({ url: page("/hang") }, 200)).toEqual(nothing("late", { seconds: 0.2 }));
  expect(await ask({ url: "http://127.0.0.1:1/" })).toEqual(nothing("fault", { fault: "refused" }));
});

test("of the files of a glob the newest counts", async () => {
  using directory = temporaryDirectory();
  const at = (name: string) => join(directory.path, name);
  const nowSeconds = Date.now() / 1000;
  for (const [name, ageSeconds] of [
    ["dump-1.gz", 7200],
    ["dump-2.gz", 3600],
    ["other", 1],
  ] as const) {
    writeFileSync(at(name), name);
    utimesSync(at(name), nowSeconds - ageSeconds, nowSeconds - ageSeconds);
  }
  mkdirSync(at("dump-3.gz"));
  const found = await ask({ file: at("dump-*.gz") });
  expect(found).toMatchObject({ kind: "file", name: "dump-2.gz", bytes: 9, text: null });
  expect(found.kind === "file" && Math.abs(found.ageSeconds - 3600)).toBeLessThan(60);
  expect(await ask({ file: at("dump-*.gz"), take: "number" })).toMatchObject({ text: "dump-2.gz" });
  expect(await ask({ file: at("dump-1.gz") })).toMatchObject({ name: "dump-1.gz" });
  expect(await ask({ file: at("dump-*.xz") })).toEqual(nothing("noFile"));
  expect(await ask({ file: at("none/dump-*") })).toEqual(nothing("noFile"));
  expect(await ask({ file: at("none") })).toEqual(nothing("noFile"));
});

testWithPrograms("openssl")(
  "of certificates the newest of each directory counts, and of those the one that ends first",
  async () => {
    using directory = temporaryDirectory();
    const store = (name: string, days: number, ageSeconds: number) => {
      const file = join(directory.path, name);
      mkdirSync(join(file, ".."), { recursive: true });
      writeFileSync(file, selfSigned("DNS:a", { days }).cert);
      const at = Date.now() / 1000 - ageSeconds;
      utimesSync(file, at, at);
    };
    store("archive/a/chain1.pem", -30, 9000);
    store("archive/a/chain2.pem", 60, 10);
    store("archive/b/chain1.pem", 20, 10);
    mkdirSync(join(directory.path, "live/b"), { recursive: true });
    symlinkSync("../../archive/b/chain1.pem", join(directory.path, "live/b/chain.pem"));
    const daysOf = async (pattern: string): Promise<unknown> => {
      const found = await ask({ file: join(directory.path, pattern), take: "expiry" });
      return found.kind === "certificate" ? [found.name, Math.round(found.daysLeft)] : found;
    };
    expect(await daysOf("archive/*/*.pem")).toEqual(["b/chain1.pem", 20]);
    expect(await daysOf("archive/a/*.pem")).toEqual(["a/chain2.pem", 60]);
    expect(await daysOf("live/*/chain.pem")).toEqual(["b/chain.pem", 20]);
    writeFileSync(join(directory.path, "archive/b/chain9.pem"), "no certificate");
    expect(await daysOf("archive/*/*.pem")).toEqual(nothing("noCertificate"));
  },
);
