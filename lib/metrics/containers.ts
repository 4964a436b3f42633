import * as v from "valibot";

import { isTooDeep } from "../model/json.ts";
import { type Host, ifThere, Unavailable } from "../model/host.ts";
import { defineMetric } from "../model/metric.ts";
import { gauge, observations } from "../model/observation.ts";

const schema = v.object({
  total: v.number(),
  running: v.number(),
  /** Names of those whose own health check fails; null where the engine does not tell. */
  unhealthy: v.nullable(v.array(v.string())),
  /** Names of those that ended and are being started again, at the moment of asking. */
  restarting: v.array(v.string()),
});

/**
 * Containers of Docker and Podman, of the system and of users. Sources: GET /containers/json of the Docker Engine API,
 * https://docs.docker.com/reference/api/engine/, and of Podman's own, https://docs.podman.io/en/latest/_static/api.html.
 */
export type Containers = v.InferOutput<typeof schema>;

const answer = v.array(
  v.object({
    Id: v.string(),
    /** Docker has a slash before each; null of a container that is being removed. */
    Names: v.nullish(v.array(v.string())),
    State: v.string(),
    /** `Up 2 hours (unhealthy)`; by Podman's own path the word of its health check alone. */
    Status: v.nullish(v.string()),
    Health: v.nullish(v.union([v.string(), v.object({ Status: v.nullish(v.string()) })])),
  }),
);
type Answered = v.InferOutput<typeof answer>[number];

/** One container. */
export interface Container {
  readonly id: string;
  readonly name: string;
  /** `running`, `exited`, `restarting`, … */
  readonly state: string;
  /** `healthy`, `unhealthy`, `starting`, or `none` without a check; null where nothing is said about it. */
  readonly health: string | null;
}

const health = /^(?:healthy|unhealthy|starting|none)$/;
const inParentheses = /\((?:health: )?(healthy|unhealthy|starting)\)$/;

function healthOf({ Health, Status }: Answered): string | null {
  const word = (typeof Health === "string" ? Health : Health?.Status) ?? Status ?? null;
  if (word === "") return "none";
  if (word !== null && health.test(word)) return word;
  return inParentheses.exec(Status ?? "")?.[1] ?? null;
}

/** The containers in an engine's answer. Throws when it is no such answer. */
export function parseContainers(json: string): readonly Container[] {
  // Three megabytes of brackets become a hundred times as much memory.
  const parsed = v.safeParse(
    v.pipe(
      v.string(),
      v.check((text) => !isTooDeep(text)),
      v.parseJson(),
      answer,
    ),
    json,
  );
  if (!parsed.success) throw new Error("the container engine's answer is malformed");
  return parsed.output.map((one) => ({
    id: one.Id,
    name: one.Names?.[0]?.replace(/^\//, "") ?? one.Id.slice(0, 12),
    state: one.State,
    health: healthOf(one),
  }));
}

const isRunning = ({ state }: Container) => state === "running";

/** Docker's path, which Podman answers as well, and Podman's own, which takes any version. */
const paths = { docker: "/containers/json?all=1", podman: "/v4.0.0/libpod/containers/json?all=true" };

/** Podman tells of health checks by its own path only; before version 2 it has none. */
async function askPodman(host: Host, socket: string): Promise<readonly Container[]> {
  const own = await host.getUnix(socket, paths.podman).catch(() => null);
  return parseContainers(own ?? (await host.getUnix(socket, paths.docker)));
}

/** Docker says it of each container that has a check. Podman, where its socket stands in for Docker's, does not. */
async function askDocker(host: Host, socket: string): Promise<readonly Container[]> {
  const containers = parseContainers(await host.getUnix(socket, paths.docker));
  if (!containers.some(isRunning) || containers.some((one) => one.health !== null)) return withoutChecks(containers);
  const own = await host.getUnix(socket, paths.podman).catch(() => null);
  return own === null ? withoutChecks(containers) : parseContainers(own);
}

const withoutChecks = (containers: readonly Container[]) =>
  containers.map((one) => ({ ...one, health: one.health ?? "none" }));

/** Every engine that is there and ours to ask. One that is there and does not answer is a failure. */
async function collectContainers(host: Host): Promise<Containers> {
  const users = (await ifThere(host.list("/run/user"))) ?? [];
  const engines = [
    { socket: "/var/run/docker.sock", ask: askDocker },
    { socket: "/run/podman/podman.sock", ask: askPodman },
    ...users.flatMap((user) => [
      { socket: `/run/user/${user}/docker.sock`, ask: askDocker },
      { socket: `/run/user/${user}/podman/podman.sock`, ask: askPodman },
    ]),
  ];
  const absences: string[] = [];
  // One engine may be reached by two sockets.
  const found = new Map<string, Container>();
  for (const { socket, ask } of engines) {
    try {
      for (const container of await ask(host, socket)) found.set(container.id, container);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      absences.push(error.message);
    }
  }
  if (absences.length === engines.length) throw new Unavailable(absences.slice(0, 2).join(", "));
  return count([...found.values()]);
}

function count(all: readonly Container[]): Containers {
  const running = all.filter(isRunning);
  const namesOf = (selected: readonly Container[]) => selected.map(({ name }) => name).toSorted();
  const unhealthy = running.filter(({ health: word }) => word === "unhealthy");
  const isKnown = unhealthy.length > 0 || running.every(({ health: word }) => word !== null);
  return {
    total: all.length,
    running: running.length,
    unhealthy: isKnown ? namesOf(unhealthy) : null,
    restarting: namesOf(all.filter(({ state }) => state === "restarting")),
  };
}

/** How many containers there are, and which are not well. */
export const containers = defineMetric({
  order: 190,
  title: (words) => words.containers.label,
  schema,
  definitions: {
    containers_count: gauge("count", "Containers, stopped ones too."),
    containers_running: gauge("count", "Containers that run."),
    containers_unhealthy: gauge("count", "Containers whose own health check fails."),
    containers_restarting: gauge("count", "Containers that ended and are started again."),
  },
  collect: collectContainers,
  observe: ({ total, running, unhealthy, restarting }) =>
    observations("containers", {
      count: total,
      running,
      unhealthy: unhealthy?.length ?? null,
      restarting: restarting.length,
    }),
  describe: ({ total, running, unhealthy, restarting }, _earlier, { words: { containers: words } }) => {
    const lines = [
      words.running(running, total),
      ...(unhealthy === null ? [words.healthUnknown] : []),
      ...(unhealthy === null || unhealthy.length === 0 ? [] : [words.unhealthy(unhealthy)]),
      ...(restarting.length === 0 ? [] : [words.restarting(restarting)]),
    ];
    const isNotable = [unhealthy ?? [], restarting].some((names) => names.length > 0);
    const importance = isNotable ? "notable" : "detail";
    return [{ label: words.label, lines, importance, about: ["containers_unhealthy", "containers_restarting"] }];
  },
});
