import { expect, test } from "bun:test";
import { join } from "node:path";

import { getUnix } from "../../lib/host/unixSocket.ts";
import { containers } from "../../lib/metrics/containers.ts";
import { Unavailable } from "../../lib/model/host.ts";
import { parseContainers } from "../../lib/proc/containerEngine.ts";
import { collectOne, defaultConfig, describeOne, observeOne } from "../support/measure.ts";
import { temporaryDirectory } from "../support/project.ts";
import { testHost } from "../support/testHost.ts";

const container = (name: string, State: string, Status: string) => ({
  Id: `${name}8dfafdbc3a40`.repeat(5),
  Names: [`/${name}`],
  Image: "x",
  Ports: [],
  State,
  Status,
});

const answer = JSON.stringify([
  container("web", "running", "Up 2 hours (healthy)"),
  container("db", "running", "Up 2 hours (unhealthy)"),
  container("cache", "running", "Up 3 seconds (health: starting)"),
  container("job", "exited", "Exited (0) 2 days ago"),
  container("loop", "restarting", "Restarting (1) 5 seconds ago"),
]);

const docker = "/var/run/docker.sock /containers/json?all=1";
const podman = "/run/podman/podman.sock /containers/json?all=1";

test("containers are counted by state and health", async () => {
  const value = await collectOne(containers, { getUnix: { [docker]: answer } });
  expect(value).toMatchObject({ total: 5, running: 3, unhealthy: ["db"], restarting: ["loop"] });
  expect(observeOne(containers, value)).toEqual({
    containers_count: 5,
    containers_running: 3,
    containers_unhealthy: 1,
    containers_restarting: 1,
    'container_unhealthy{container="db"}': 1,
    'container_restarting{container="loop"}': 1,
  });
});

test("what is not well is notable and named", () => {
  const unhealthy = ["a", "b", "c", "d"];
  expect(describeOne(containers, { total: 9, running: 7, unhealthy, restarting: ["e"], each: [] })).toMatchObject([
    { importance: "notable", lines: ["7 of 9 running", "unhealthy: a, b, c and 1 more", "restarting: e"] },
  ]);
  expect(describeOne(containers, { total: 2, running: 1, unhealthy: [], restarting: [], each: [] })).toMatchObject([
    { importance: "detail", lines: ["1 of 2 running"] },
  ]);
});

test("a container without a name goes by its id", () => {
  const nameless = { ...container("", "restarting", ""), Names: null };
  expect(parseContainers(JSON.stringify([nameless]))).toMatchObject([{ name: "8dfafdbc3a40", state: "restarting" }]);
});

const libpod = (socket: string) => `${socket} /v4.0.0/libpod/containers/json?all=true`;
const rootless = "/run/user/1000/podman/podman.sock";

/** As Podman 4.3.1 answers by Docker's path, and by its own: only there it tells of a health check. */
const sick = { Id: "7a41e2f8198c", Names: ["/sick"], State: "running", Status: "Up 2 seconds" };
const sickByItself = { Id: "7a41e2f8198c", Names: ["sick"], State: "running", Status: "unhealthy" };
const wellByItself = { Id: "1be945b3a103", Names: ["plain"], State: "running", Status: "" };
const unhealthyOf = async (answers: Readonly<Record<string, string | Error>>) =>
  (await collectOne(containers, { getUnix: answers, dirs: { "/run/user": ["1000"] } })).unhealthy;

test("Podman is asked by its own path, which tells of the health", async () => {
  const own = JSON.stringify([sickByItself, wellByItself]);
  expect(await unhealthyOf({ [libpod("/run/podman/podman.sock")]: own })).toEqual(["sick"]);
  expect(await unhealthyOf({ [libpod(rootless)]: own })).toEqual(["sick"]);
});

test("of each of Podman's it is known, whichever socket it was found by, and of Docker's that they are not", async () => {
  const own = JSON.stringify([sickByItself]);
  const tools = async (answers: Readonly<Record<string, string>>) =>
    describeOne(containers, await collectOne(containers, { getUnix: answers }))[0]?.tools?.get(
      'container_unhealthy{container="sick"}',
    );
  expect(await tools({ [libpod("/run/podman/podman.sock")]: own })).toBe("podman");
  expect(await tools({ [podman]: JSON.stringify([sick]) })).toBe("podman");
  expect(await tools({ [docker]: JSON.stringify([sick]), [libpod("/var/run/docker.sock")]: own })).toBe("podman");
  expect(await tools({ [docker]: JSON.stringify([{ ...sick, Health: "unhealthy" }]) })).toBeUndefined();
});

test("where nothing is said about health it is not known, and not 0", async () => {
  const value = await collectOne(containers, { getUnix: { [podman]: JSON.stringify([sick]) } });
  expect(value).toMatchObject({ total: 1, running: 1, unhealthy: null, restarting: [] });
  expect(observeOne(containers, value)).not.toHaveProperty("containers_unhealthy");
  expect(describeOne(containers, value)[0]).toMatchObject({
    lines: ["1 of 1 running", "health unknown"],
    importance: "detail",
  });
});

test("one that is known to be unhealthy is told although of another nothing is known", async () => {
  const own = JSON.stringify([sickByItself, { ...wellByItself, Status: "Up 3 days" }]);
  expect(await unhealthyOf({ [libpod(rootless)]: own })).toEqual(["sick"]);
});

test.each([
  ["a word", "unhealthy"],
  ["an object", { Status: "unhealthy", FailingStreak: 3 }],
])("the field Health is read, as %s", async (_what, Health) => {
  expect(await unhealthyOf({ [podman]: JSON.stringify([{ ...sick, Health }]) })).toEqual(["sick"]);
  expect(await unhealthyOf({ [docker]: JSON.stringify([{ ...sick, Health }]) })).toEqual(["sick"]);
});

test("a Podman behind Docker's socket is found out, and its containers are counted once", async () => {
  const compatible = JSON.stringify([sick]);
  const own = JSON.stringify([sickByItself]);
  expect(await unhealthyOf({ [docker]: compatible, [libpod("/var/run/docker.sock")]: own })).toEqual(["sick"]);
  const both = {
    [docker]: compatible,
    [libpod("/var/run/docker.sock")]: own,
    [libpod("/run/podman/podman.sock")]: own,
  };
  expect(await collectOne(containers, { getUnix: both })).toMatchObject({ total: 1, unhealthy: ["sick"] });
});

test("the containers of all engines are counted", async () => {
  const answers = {
    [docker]: JSON.stringify([container("web", "running", "Up 2 hours (healthy)")]),
    [libpod(rootless)]: JSON.stringify([wellByItself]),
  };
  const value = await collectOne(containers, { getUnix: answers, dirs: { "/run/user": ["1000"] } });
  expect(value).toMatchObject({ total: 2, running: 2, unhealthy: [], restarting: [] });
});

// moby/moby#46203: its check cannot run, so that Docker calls it unhealthy.
test("a paused container is not unhealthy", async () => {
  const paused = { ...sick, State: "paused", Status: "Up 2 hours (Paused)", Health: { Status: "unhealthy" } };
  expect(await collectOne(containers, { getUnix: { [docker]: JSON.stringify([paused]) } })).toMatchObject({
    total: 1,
    running: 0,
    unhealthy: [],
  });
});

// louislam/uptime-kuma#6584, moby/moby#33086
test.each([[null], [""], ["none"], [{}], [{ Status: "none" }], [{ Status: "" }]])(
  "a container without a check is not unhealthy, nor is its health unknown, when Health is %j",
  async (Health) => {
    const one = { ...wellByItself, Health };
    expect(await unhealthyOf({ [libpod(rootless)]: JSON.stringify([one]) })).toEqual([]);
  },
);

test("of Docker, silence about health means that nothing is checked", async () => {
  const silent = JSON.stringify([container("web", "running", "Up 2 hours")]);
  expect(await unhealthyOf({ [docker]: silent, [libpod("/var/run/docker.sock")]: new Error("answered 404") })).toEqual(
    [],
  );
});

test("Podman is asked where there is no Docker", async () => {
  const value = await collectOne(containers, { getUnix: { [podman]: "[]" } });
  expect(value).toMatchObject({ total: 0, running: 0, unhealthy: [], restarting: [] });
});

test("without an engine, or without the right to ask it, the reason is told", () => {
  expect(collectOne(containers, {})).rejects.toThrow(
    new Unavailable("/var/run/docker.sock is not there, /run/podman/podman.sock is not there"),
  );
  const forbidden = new Unavailable("/var/run/docker.sock may not be read by this user");
  expect(collectOne(containers, { getUnix: { [docker]: forbidden } })).rejects.toThrow("may not be read by this user");
});

test("an engine that is there and does not answer is a failure, and Podman does not hide it", () => {
  const late = collectOne(containers, { getUnix: { [docker]: new Error("no answer within 2 s"), [podman]: "[]" } });
  expect(late).rejects.toThrow("no answer within 2 s");
  expect(late).rejects.not.toBeInstanceOf(Unavailable);
});

test.each(["", "<html>", '{"message":"no"}', '[{"Id":1}]'])("the answer %j is malformed", (text) => {
  expect(() => parseContainers(text)).toThrow("malformed");
});

test("an answer that is nested without end is not made into a value", () => {
  const deep = `${"[".repeat(200)}${"]".repeat(200)}`;
  const withMore = (more: string) => `[${JSON.stringify(container("web", "running", "Up")).slice(0, -1)},"X":${more}}]`;
  expect(parseContainers(withMore("[]"))).toHaveLength(1);
  expect(() => parseContainers(withMore(deep))).toThrow("malformed");
});

test("over a real socket, an engine is asked for stopped containers too", async () => {
  using directory = temporaryDirectory();
  const unix = join(directory.path, "docker.sock");
  const server = Bun.serve({
    unix,
    fetch: ({ url }) => new Response(new URL(url).search === "?all=1" ? answer : "[]"),
  });
  const host = { ...testHost({}), getUnix: (_: string, path: string) => getUnix(unix, path) };
  expect((await containers.collect(host, defaultConfig)).total).toBe(5);
  await server.stop(true);
});
