import { afterAll, expect, test } from "bun:test";

import { ping, pingOf } from "../../lib/deliver/heartbeat.ts";

const opened = new DisposableStack();
afterAll(() => opened.dispose());

/** A watcher that answers with these statuses in turn, the last one for ever; what it was asked. */
function watcher(...statuses: readonly number[]) {
  const asked: string[] = [];
  const answer = ({ method, url, headers }: Request) => {
    const { pathname, search } = new URL(url);
    asked.push([method, pathname + search, headers.get("authorization")].filter(Boolean).join(" "));
    return new Response("OK", { status: statuses[asked.length - 1] ?? statuses.at(-1) ?? 200 });
  };
  const { port } = opened.use(Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer }));
  return { asked, at: (path: string, user = "") => `http://${user}127.0.0.1:${port}${path}` };
}

const deps = { fetch, version: "1.2.3", timeoutMs: 60_000 };

test("Healthchecks is asked at the address, and at /fail below it", async () => {
  const { asked, at } = watcher();
  expect(await ping(at("/ping/uuid"), false, deps)).toBeNull();
  expect(await ping(at("/ping/uuid/?create=1"), true, deps)).toBeNull();
  expect(asked).toEqual(["GET /ping/uuid", "GET /ping/uuid/fail?create=1"]);
});

test("Uptime Kuma is told up or down, whatever its address was copied with", async () => {
  const { asked, at } = watcher();
  await ping(at("/kuma/api/push/token"), false, deps);
  await ping(at("/api/push/token?status=up&msg=OK&ping="), true, deps);
  expect(asked).toEqual([
    "GET /kuma/api/push/token?status=up",
    "GET /api/push/token?status=down&msg=critical%2C+or+the+report+was+not+delivered&ping=",
  ]);
});

test("Gatus gets a POST, with the address's user as the token", async () => {
  const { asked, at } = watcher();
  await ping(at("/api/v1/endpoints/core_vps/external", "to%2Fken@"), false, deps);
  await ping(at("/api/v1/endpoints/core_vps/external", "token@"), true, deps);
  expect(asked).toEqual([
    "POST /api/v1/endpoints/core_vps/external?success=true Bearer to/ken",
    "POST /api/v1/endpoints/core_vps/external?success=false&error=critical%2C+or+the+report+was+not+delivered Bearer token",
  ]);
  expect(pingOf("https://token@gatus.example/api/v1/endpoints/a/external", false).url).not.toContain("token");
});

test("a user and password in any other address are sent as such", async () => {
  const { asked, at } = watcher();
  await ping(at("/uuid", "me:secret@"), false, deps);
  expect(asked).toEqual(["GET /uuid Basic bWU6c2VjcmV0"]);
});

test("a watcher that fails is asked once more, one that refuses is not", async () => {
  const recovers = watcher(503, 200);
  expect(await ping(recovers.at("/uuid"), false, deps)).toBeNull();
  expect(recovers.asked).toHaveLength(2);
  const fails = watcher(500);
  expect(await ping(fails.at("/uuid"), false, deps)).toBe("answered 500");
  expect(fails.asked).toHaveLength(2);
  const refuses = watcher(404);
  expect(await ping(refuses.at("/uuid"), false, deps)).toBe("answered 404");
  expect(refuses.asked).toHaveLength(1);
});

test("a watcher that never answers is given up twice", async () => {
  let requests = 0;
  const data = () => void (requests += 1);
  using mute = Bun.listen({ port: 0, hostname: "127.0.0.1", socket: { data } });
  const problem = await ping(`http://127.0.0.1:${mute.port}/uuid`, false, { ...deps, timeoutMs: 100 });
  expect(problem).toBe("no answer within 0.1 s");
  expect(requests).toBe(2);
});

test.each([
  ["http://127.0.0.1:1/SECRET", "connection refused"],
  ["http://no-such-host.invalid/SECRET", "host not found in DNS"],
  ["https://SECRET%ZZ@x.invalid/api/v1/endpoints/a/external", "its address is not valid"],
  ["SECRET", "its address is not valid"],
])("nothing that goes wrong with %s is thrown or quotes it", async (address, problem) => {
  expect(await ping(address, true, deps)).toBe(problem);
});

/** A server that answers each path as it is told; what it was asked. */
function pages(answers: Readonly<Record<string, () => Response>>) {
  const asked: string[] = [];
  const answer = ({ method, url, headers }: Request) => {
    const { pathname } = new URL(url);
    asked.push([method, pathname, headers.get("authorization")].filter(Boolean).join(" "));
    return answers[pathname]?.() ?? new Response("OK");
  };
  const { port } = opened.use(Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer }));
  return { asked, at: (path: string) => `http://127.0.0.1:${port}${path}` };
}

const to = (location: string, status = 302) => new Response(null, { status, headers: { Location: location } });
const page = (html: string) => new Response(html, { headers: { "Content-Type": "text/html; charset=utf-8" } });

test("redirects are followed three times, and a loop of them is an error", async () => {
  const moves = pages({ "/1": () => to("/2", 301), "/2": () => to("/3", 308), "/3": () => to("/end", 307) });
  expect(await ping(moves.at("/1"), false, deps)).toBeNull();
  expect(moves.asked).toEqual(["GET /1", "GET /2", "GET /3", "GET /end"]);
  const loop = pages({ "/loop": () => to("/loop") });
  expect(await ping(loop.at("/loop"), false, deps)).toBe("more than 3 redirects");
  expect(loop.asked).toHaveLength(4);
});

test("a redirect to what is no web address is an error", async () => {
  for (const location of ["", "file:///etc/passwd", "http://"]) {
    const { at } = pages({ "/uuid": () => to(location) });
    expect(await ping(at("/uuid"), false, { ...deps })).toMatch(/^(answered 302|more than 3 redirects)/);
  }
});

test("a login page is no success, with a redirect to it or without", async () => {
  const moved = pages({ "/uuid": () => to("/login"), "/login": () => page("<h1>Welcome</h1>") });
  expect(await ping(moved.at("/uuid"), false, deps)).toBe("a web page answered, perhaps a login");
  const portal = pages({ "/uuid": () => page('<form><input name="p" type="password"></form>') });
  expect(await ping(portal.at("/uuid"), false, deps)).toBe("a web page answered, perhaps a login");
  const chatty = pages({ "/uuid": () => page("Congratulations!") });
  expect(await ping(chatty.at("/uuid"), false, deps)).toBeNull();
});

test("a token is not sent on to another host, and a POST becomes no GET without need", async () => {
  const other = pages({});
  const path = "/api/v1/endpoints/core_vps/external";
  const gatus = pages({ [path]: () => to(other.at("/elsewhere"), 307) });
  expect(await ping(gatus.at(path).replace("//", "//token@"), false, deps)).toBeNull();
  expect(gatus.asked).toEqual([`POST ${path} Bearer token`]);
  expect(other.asked).toEqual(["POST /elsewhere"]);
});
