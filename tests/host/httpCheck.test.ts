import { afterAll, describe, expect, test } from "bun:test";
import { join } from "node:path";

import { checkHttp, contains } from "../../lib/host/httpCheck.ts";
import type { HttpFinding } from "../../lib/model/host.ts";
import { en } from "../../lib/words/en.ts";
import { type Certificate, selfSigned } from "../support/certificate.ts";
import { pageCheck } from "../support/checks.ts";
import { lacking, openssl } from "../support/programNeeds.ts";
import { run, temporaryDirectory } from "../support/project.ts";

const opened = new DisposableStack();
afterAll(() => opened.dispose());

/** A web server of this machine; its address. */
function serve(answer: (request: Request) => Response, tls?: Certificate): string {
  const server = opened.use(Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer, ...(tls && { tls }) }));
  return `${tls ? "https" : "http"}://127.0.0.1:${server.port}`;
}

/** A server that gets a request and does as it likes; its address. */
function misbehave(data: (socket: Bun.Socket) => void): string {
  const server = opened.use(Bun.listen({ port: 0, hostname: "127.0.0.1", socket: { data } }));
  return `http://127.0.0.1:${server.port}`;
}

async function problemOf(...check: Parameters<typeof pageCheck>): Promise<string | null> {
  const { problem } = await checkHttp(pageCheck(...check));
  return problem === null ? null : en.problem(problem);
}

const page = () => serve(() => new Response("<title>Misskey</title>"));

test("a page that answers is well, and how long it took is told", async () => {
  const startedMs = performance.now();
  const finding = await checkHttp(pageCheck(page(), { expectText: "Misskey" }));
  expect(finding).toEqual({ problem: null, seconds: expect.any(Number), certificateDays: null });
  expect(finding.seconds).toBeGreaterThan(0);
  expect(finding.seconds).toBeLessThan((performance.now() - startedMs) / 1000);
});

test("the default page of a web server is not the one that was meant", async () => {
  const url = serve(() => new Response("Welcome to nginx!"));
  const finding = await checkHttp(pageCheck(url, { expectText: "Misskey" }));
  expect(finding).toMatchObject({ problem: { code: "noText", text: "Misskey" }, seconds: expect.any(Number) });
});

test("a status of 400 or more is a problem, and how fast it came is told", async () => {
  const url = serve(() => new Response("", { status: 502 }));
  expect(await checkHttp(pageCheck(url))).toMatchObject({
    problem: { code: "status", got: 502, wanted: null },
    seconds: expect.any(Number),
  });
  expect(await problemOf(url, { expectStatus: 502 })).toBeNull();
});

test("another status than the expected one is a problem, though it be a success", async () => {
  expect(await problemOf(page(), { expectStatus: 204 })).toBe("HTTP 200 (expected 204)");
});

test("redirects are followed to the page, and the credentials stay where they belong", async () => {
  const seen: (string | null)[] = [];
  const note = (request: Request) => seen.push(request.headers.get("authorization"));
  const target = serve((request) => {
    note(request);
    return new URL(request.url).pathname === "/" ? Response.redirect("/end") : new Response("Misskey");
  });
  const first = serve((request) => {
    note(request);
    return new URL(request.url).pathname === "/" ? Response.redirect("/here") : Response.redirect(target);
  });
  expect(await problemOf(first.replace("//", "//me:secret@"), { expectText: "Misskey" })).toBeNull();
  expect(seen).toEqual(["Basic bWU6c2VjcmV0", "Basic bWU6c2VjcmV0", null, null]);
});

test("a redirect that is expected is not followed", async () => {
  const url = serve(() => Response.redirect("http://no-such-host.invalid/", 301));
  expect(await problemOf(url, { expectStatus: 301 })).toBeNull();
  expect(await problemOf(url)).toBe("host not found in DNS");
});

test("redirects in a circle end, and one to a file is not followed", async () => {
  let asked = 0;
  const circle = serve(() => {
    asked += 1;
    return Response.redirect("/again");
  });
  expect(await problemOf(circle)).toBe("more than 5 redirects");
  expect(asked).toBe(6);
  const toFile = serve(() => new Response(null, { status: 302, headers: { location: "file:///etc/passwd" } }));
  expect(await problemOf(toFile)).toBe("bad redirect");
});

test("a page without end is read to the text, or a MiB", async () => {
  let sent = 0;
  const endless = (start: string) =>
    new ReadableStream({
      start: (stream) => stream.enqueue(Buffer.from(start)),
      pull: (stream) => {
        sent += 65_536;
        stream.enqueue(new Uint8Array(65_536));
      },
    });
  const url = serve(({ url: asked }) => new Response(endless(asked.endsWith("/well") ? "Misskey" : "nothing")));
  expect(await problemOf(`${url}/well`, { expectText: "Misskey" })).toBeNull();
  sent = 0;
  expect(await problemOf(url, { expectText: "Misskey" })).toBe('does not contain "Misskey"');
  expect(sent).toBeLessThan(16 * 1024 * 1024);
});

test.each([1, 6, 10])("a text is found where it is cut in two after %d bytes", async (cut) => {
  const bytes = Buffer.from("ミスキー");
  const halves = new ReadableStream<Uint8Array>({
    start: (stream) => {
      stream.enqueue(bytes.subarray(0, cut));
      stream.enqueue(bytes.subarray(cut));
      stream.close();
    },
  });
  expect(await contains(halves, "ミスキー")).toBe(true);
});

test("who does not answer, or stalls in the middle of the page, is given up at the timeout", async () => {
  const mute = misbehave(() => undefined);
  const stalling = misbehave((socket) => void socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"));
  const check = { expectText: "whole", timeoutSeconds: 0.1 };
  const late = { problem: { code: "noAnswer", seconds: 0.1 }, seconds: null, certificateDays: null } as const;
  expect(await checkHttp(pageCheck(mute, check))).toEqual(late);
  expect(await checkHttp(pageCheck(stalling, check))).toEqual(late);
});

test.each([
  ["nobody listens", () => "http://127.0.0.1:1", "connection refused"],
  ["there is no such host", () => "http://no-such-host.invalid", "host not found in DNS"],
  ["the server hangs up", () => misbehave((socket) => void socket.end()), "connection closed without an answer"],
  [
    "it is no web server",
    () => misbehave((socket) => void socket.write("SSH-2.0-OpenSSH_9.2\r\n")),
    "not an HTTP answer",
  ],
  ["https is asked of http", () => page().replace("http:", "https:"), "TLS handshake failed"],
])("where %s, that is the problem", async (_, address, problem) => {
  expect(await problemOf(address())).toBe(problem);
});

/** Checks from another process, which can be told to trust a certificate before it starts. */
async function checkTrusting(
  url: string,
  certificate: Certificate,
  more: Readonly<Record<string, string>> = {},
): Promise<HttpFinding> {
  using directory = temporaryDirectory();
  const file = join(directory.path, "ca.pem");
  await Bun.write(file, certificate.cert);
  const program = join(import.meta.dir, "../support/checkOnce.ts");
  const { stdout, stderr } = await run([process.execPath, program, url], {
    env: { NODE_EXTRA_CA_CERTS: file, ...more },
  });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as HttpFinding;
}

const withoutOpenssl = lacking(openssl);

describe.skipIf(withoutOpenssl !== "")(`a certificate${withoutOpenssl}`, () => {
  const answer = () => new Response("Misskey");

  test("that is trusted tells how many days it has left", async () => {
    const certificate = selfSigned("IP:127.0.0.1", { days: 5 });
    const finding = await checkTrusting(serve(answer, certificate), certificate);
    expect(finding).toMatchObject({ problem: null });
    expect(finding.certificateDays).toBeGreaterThan(4.9);
    expect(finding.certificateDays).toBeLessThanOrEqual(5);
  });

  test("on the way counts too: the one that ends first", async () => {
    const [near, far] = [selfSigned("IP:127.0.0.1", { days: 5 }), selfSigned("IP:127.0.0.1", { days: 50 })];
    const target = serve(answer, far);
    const url = serve(() => Response.redirect(target), near);
    const both = { key: "", cert: near.cert + far.cert };
    const finding = await checkTrusting(url, both);
    expect(finding).toMatchObject({ problem: null });
    expect(finding.certificateDays).toBeLessThanOrEqual(5);
  });

  test.each([
    ["that has expired", () => selfSigned("IP:127.0.0.1", "expired"), "expired"],
    ["that is not valid yet", () => selfSigned("IP:127.0.0.1", "not yet valid"), "notYetValid"],
    ["of another host", () => selfSigned("DNS:other.example"), "otherHost"],
  ])("%s is a problem, though its maker is trusted", async (_, make, fault) => {
    const certificate = make();
    const problem = { code: "fault", fault };
    expect(await checkTrusting(serve(answer, certificate), certificate)).toMatchObject({ problem, seconds: null });
  });

  test("that nobody vouches for is a problem, even where NODE_TLS_REJECT_UNAUTHORIZED says otherwise", async () => {
    const url = serve(answer, selfSigned());
    const problem = { code: "fault", fault: "selfSigned" } as const;
    const finding = { problem, seconds: null, certificateDays: null };
    expect(await checkHttp(pageCheck(url))).toEqual(finding);
    expect(await checkTrusting(url, selfSigned(), { NODE_TLS_REJECT_UNAUTHORIZED: "0" })).toMatchObject(finding);
  });
});
