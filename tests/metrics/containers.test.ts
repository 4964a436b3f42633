import { expect, test } from "bun:test";
import { join } from "node:path";

import { getUnix } from "../../lib/host/unixSocket.ts";
import { containers, parseContainers } from "../../lib/metrics/containers.ts";
import { Unavailable } from "../../lib/model/host.ts";
import { collectOne, defaultConfig, describeOne, observeOne } from "../support/measure.ts";
import { temporaryDirectory } from "../support/project.ts";
import { testHost } from "../support/testHost.ts";

const container = (name: string, State: string, Status: string) => ({
  Id: "8dfafdbc3a40".repeat(5),
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
  expect(value).toEqual({ total: 5, running: 3, unhealthy: ["db"], restarting: ["loop"] });
  expect(observeOne(containers, value)).toEqual({
    containers_count: 5,
    containers_running: 3,
    containers_unhealthy: 1,
    containers_restarting: 1,
  });
});

test("what is not well is notable and named", () => {
  const unhealthy = ["a", "b", "c", "d"];
  expect(describeOne(containers, { total: 9, running: 7, unhealthy, restarting: ["e"] })).toMatchObject([
    { importance: "notable", lines: ["7 of 9 running", "unhealthy: a, b, c, +1 more", "restarting: e"] },
  ]);
  expect(describeOne(containers, { total: 2, running: 1, unhealthy: [], restarting: [] })).toMatchObject([
    { importance: "detail", lines: ["1 of 2 running"] },
  ]);
});

test("a container without a name goes by its id", () => {
  const nameless = { ...container("", "restarting", ""), Names: null };
  expect(parseContainers(JSON.stringify([nameless])).restarting).toEqual(["8dfafdbc3a40"]);
});

test("Podman is asked where there is no Docker", async () => {
  const value = await collectOne(containers, { getUnix: { [podman]: "[]" } });
  expect(value).toEqual({ total: 0, running: 0, unhealthy: [], restarting: [] });
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
