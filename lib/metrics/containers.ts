import * as v from "valibot";

import { nameSome } from "../format.ts";
import { type Host, Unavailable } from "../model/host.ts";
import type { Metric } from "../model/metric.ts";
import { gauge, observations } from "../model/observation.ts";

const schema = v.object({
  total: v.number(),
  running: v.number(),
  /** Names of those whose own health check fails. */
  unhealthy: v.array(v.string()),
  /** Names of those that ended and are being started again, at the moment of asking. */
  restarting: v.array(v.string()),
});

/**
 * Containers of the Docker engine, or of Podman where there is no Docker. Source: GET /containers/json of the Docker
 * Engine API, https://docs.docker.com/reference/api/engine/.
 */
export type Containers = v.InferOutput<typeof schema>;

const answer = v.array(
  v.object({
    Id: v.string(),
    /** With a slash before each; null of a container that is being removed. */
    Names: v.nullish(v.array(v.string())),
    State: v.string(),
    /** `Up 2 hours (unhealthy)` */
    Status: v.nullish(v.string()),
  }),
);

/** Counts the containers of an engine's answer. Throws when it is no such answer. */
export function parseContainers(json: string): Containers {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), answer), json);
  if (!parsed.success) throw new Error("the container engine's answer is malformed");
  const containers = parsed.output;
  const namesOf = (selected: typeof containers) =>
    selected.map(({ Id, Names }) => Names?.[0]?.replace(/^\//, "") ?? Id.slice(0, 12)).toSorted();
  return {
    total: containers.length,
    running: containers.filter(({ State }) => State === "running").length,
    unhealthy: namesOf(containers.filter(({ Status }) => Status?.endsWith("(unhealthy)"))),
    restarting: namesOf(containers.filter(({ State }) => State === "restarting")),
  };
}

const sockets = ["/var/run/docker.sock", "/run/podman/podman.sock"];

/** Asks the first engine that is there and ours to ask. */
async function collectContainers(host: Host): Promise<Containers> {
  const absences: string[] = [];
  for (const socket of sockets) {
    try {
      return parseContainers(await host.getUnix(socket, "/containers/json?all=1"));
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      absences.push(error.message);
    }
  }
  throw new Unavailable(absences.join(", "));
}

/** How many containers there are, and which are not well. */
export const containers: Metric<Containers> = {
  title: "Containers",
  schema,
  core: false,
  sampled: false,
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
      unhealthy: unhealthy.length,
      restarting: restarting.length,
    }),
  describe: ({ total, running, unhealthy, restarting }) => {
    const lines = [
      `${running} of ${total} running`,
      ...(unhealthy.length === 0 ? [] : [`unhealthy: ${nameSome(unhealthy)}`]),
      ...(restarting.length === 0 ? [] : [`restarting: ${nameSome(restarting)}`]),
    ];
    const importance = lines.length > 1 ? "notable" : "detail";
    return [{ label: "Containers", lines, importance, about: ["containers_unhealthy", "containers_restarting"] }];
  },
};
