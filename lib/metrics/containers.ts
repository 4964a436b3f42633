import * as v from "valibot";

import { dayMs, hourMs } from "../clock.ts";
import { type Host, ifThere, Unavailable } from "../model/host.ts";
import { defineMetric, type Row } from "../model/metric.ts";
import { gauge, observationKey, observations } from "../model/observation.ts";
import { type Container, parseContainers } from "../proc/containerEngine.ts";
import type { RowWords } from "../words/en/rows.ts";

const schema = v.object({
  total: v.number(),
  running: v.number(),
  /** Names of those whose health check fails; null when the engine does not report health. */
  unhealthy: v.nullable(v.array(v.string())),
  /** Names of those that ended and are being started again, at the moment of asking. */
  restarting: v.array(v.string()),
  /** Each one, and those that are gone since not long ago. */
  each: v.array(
    v.object({
      name: v.string(),
      /** `running`, `exited`, `restarting`, …, and `gone`. */
      state: v.string(),
      exitCode: v.nullable(v.number()),
      /** In how many looks in a row it had only just been started. */
      freshLooks: v.number(),
      /** Since when each look saw it running; when one last did. Null for none. Milliseconds since the epoch. */
      runsSinceMs: v.nullable(v.number()),
      ranMs: v.nullable(v.number()),
      /** It ran in looks an hour apart: that it stops is news. */
      isLasting: v.boolean(),
      /** Not there for Docker's. */
      isOfPodman: v.optional(v.boolean()),
    }),
  ),
});

/**
 * Containers of Docker and Podman, of the system and of users. Sources: GET /containers/json of the Docker Engine API,
 * https://docs.docker.com/reference/api/engine/, and of Podman's own, https://docs.podman.io/en/latest/_static/api.html.
 */
export type Containers = v.InferOutput<typeof schema>;

interface Found extends Container {
  readonly isOfPodman?: true;
}

const isRunning = ({ state }: Container) => state === "running";

/** Docker's path, which Podman answers as well, and Podman's own, which takes any version. */
const paths = { docker: "/containers/json?all=1", podman: "/v4.0.0/libpod/containers/json?all=true" };

/** Podman reports health on its own path only, and not before version 2. */
async function askPodman(host: Host, socket: string): Promise<readonly Found[]> {
  const own = await host.getUnix(socket, paths.podman).catch(() => null);
  return ofPodman(own ?? (await host.getUnix(socket, paths.docker)));
}

const ofPodman = (json: string) =>
  parseContainers(json).map((one) => Object.assign(one, { isOfPodman: true as const }));

/** Docker says it of each container that has a check. Podman, where its socket stands in for Docker's, does not. */
async function askDocker(host: Host, socket: string): Promise<readonly Found[]> {
  const containers = parseContainers(await host.getUnix(socket, paths.docker));
  if (!containers.some(isRunning) || containers.some((one) => one.health !== null)) return withoutChecks(containers);
  const own = await host.getUnix(socket, paths.podman).catch(() => null);
  return own === null ? withoutChecks(containers) : ofPodman(own);
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
  const found = new Map<string, Found>();
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

function count(all: readonly Found[]): Containers {
  const running = all.filter(isRunning);
  const namesOf = (selected: readonly Container[]) => selected.map(({ name }) => name).toSorted();
  const unhealthy = running.filter(({ health: word }) => word === "unhealthy");
  const isKnown = unhealthy.length > 0 || running.every(({ health: word }) => word !== null);
  return {
    total: all.length,
    running: running.length,
    unhealthy: isKnown ? namesOf(unhealthy) : null,
    restarting: namesOf(all.filter(({ state }) => state === "restarting")),
    each: eachOnce(all),
  };
}

type Known = Containers["each"][number];

/** Of several of one name, the one that runs. */
function eachOnce(all: readonly Found[]): Known[] {
  const byName = Map.groupBy(all, ({ name }) => name);
  return [...byName].flatMap(([name, same]) => {
    const one = same.find(isRunning) ?? same[0];
    if (one === undefined) return [];
    const { state, exitCode, isFresh, isOfPodman } = one;
    const freshLooks = isFresh ? 1 : 0;
    const known = { name, state, exitCode, freshLooks, runsSinceMs: null, ranMs: null, isLasting: false };
    return isOfPodman === true ? Object.assign(known, { isOfPodman }) : known;
  });
}

/** One that stopped is told for so long, one that was removed for less: its owner knows. */
const stoppedForMs = 7 * dayMs;
const goneForMs = dayMs;

/** A pod of Kubernetes is made anew under another name, and so is what it consists of. */
const isOfPod = ({ name }: Known) => name.startsWith("k8s_");

function carryContainers(now: Containers, before: Containers | null, atMs: number): Containers {
  const known = new Map((before?.each ?? []).map((one) => [one.name, one]));
  const present = now.each.map((one) => carryOne(one, known.get(one.name), atMs));
  const names = new Set(now.each.map(({ name }) => name));
  const gone = [...known.values()].filter((one) => {
    return !names.has(one.name) && one.isLasting && !isOfPod(one) && atMs - (one.ranMs ?? atMs) < goneForMs;
  });
  return { ...now, each: [...present, ...gone.map(asGone)] };
}

const asGone = (one: Known): Known => ({
  ...one,
  state: "gone",
  exitCode: null,
  freshLooks: 0,
  runsSinceMs: null,
});

function carryOne(now: Known, before: Known | undefined, atMs: number): Known {
  // One that is paused did not stop, and does not run either.
  if (now.state === "paused") return { ...now, ...before, state: now.state };
  const ranMs = before?.ranMs ?? null;
  if (now.state !== "running") {
    const isLasting = (before?.isLasting ?? false) && atMs - (ranMs ?? atMs) < stoppedForMs;
    return { ...now, ranMs, isLasting };
  }
  const runsSinceMs = before?.state === "running" ? (before.runsSinceMs ?? atMs) : atMs;
  const freshLooks = now.freshLooks === 0 ? 0 : (before?.freshLooks ?? 0) + 1;
  const isLasting = (before?.isLasting ?? false) || atMs - runsSinceMs >= hourMs;
  return { ...now, freshLooks, runsSinceMs, ranMs: atMs, isLasting };
}

/** What runs, only just started, in two looks in a row, is started again and again. */
const isRestarting = ({ state, freshLooks }: Known) => state === "restarting" || freshLooks > 1;

const restartingIn = ({ restarting, each }: Containers) => [
  ...new Set([...restarting, ...each.filter(isRestarting).map(({ name }) => name)]),
];

const isStopped = ({ isLasting, state }: Known) => isLasting && !["running", "restarting", "paused"].includes(state);

const troubleNames = ["container_unhealthy", "container_restarting", "container_stopped"] as const;
type Trouble = (typeof troubleNames)[number];
const about = (name: Trouble, container: string) => observationKey({ name, labels: { container } });

function describeContainers(now: Containers, { containers: words, list }: RowWords): Row<Trouble> {
  const { total, running, unhealthy } = now;
  const restarting = restartingIn(now);
  const stopped = now.each.filter(isStopped);
  const keys = [
    ...(unhealthy ?? []).map((name) => about("container_unhealthy", name)),
    ...restarting.map((name) => about("container_restarting", name)),
    ...stopped.map(({ name }) => about("container_stopped", name)),
  ];
  const troubles = [
    ...(unhealthy === null || unhealthy.length === 0 ? [] : [words.unhealthy(unhealthy)]),
    ...(restarting.length === 0 ? [] : [words.restarting(restarting)]),
    ...(stopped.length === 0 ? [] : [words.stopped(stopped.map(({ name, exitCode }) => words.exit(name, exitCode)))]),
  ];
  const podmans = now.each.filter(({ isOfPodman }) => isOfPodman === true).map(({ name }) => name);
  return {
    label: words.label,
    number: `${running}/${total}`,
    remark: troubles.length === 0 ? words.running(running, total) : list(troubles),
    lines: [words.running(running, total), ...(unhealthy === null ? [words.healthUnknown] : []), ...troubles],
    importance: keys.length > 0 ? "notable" : "detail",
    about: keys,
    each: new Map(
      stopped.map(({ name, exitCode }) => [about("container_stopped", name), words.ended(exitCode)] as const),
    ),
    tools: new Map(podmans.flatMap((name) => troubleNames.map((trouble) => [about(trouble, name), "podman"] as const))),
  };
}

/** The number of containers, and those that are not well. */
export const containers = defineMetric({
  order: 190,
  title: (words) => words.containers.label,
  schema,
  definitions: {
    containers_count: gauge("count", "Containers, stopped ones too."),
    containers_running: gauge("count", "Containers that run."),
    containers_unhealthy: gauge("count", "Containers whose own health check fails."),
    containers_restarting: gauge("count", "Containers that ended and are started again."),
    container_unhealthy: gauge("count", "1 for one whose own health check fails; not there for all others."),
    container_restarting: gauge("count", "1 for one that is started again and again; not there for all others."),
    container_stopped: gauge("count", "Of one that ran for an hour: 1 when it stopped or is gone, 0 while it runs."),
  },
  collect: collectContainers,
  carry: carryContainers,
  observe: (now) => {
    const { total, running, unhealthy, restarting, each } = now;
    const of = (values: { unhealthy?: number; restarting?: number; stopped?: number }, container: string) =>
      observations("container", values, { container });
    return [
      ...observations("containers", {
        count: total,
        running,
        unhealthy: unhealthy?.length ?? null,
        restarting: restarting.length,
      }),
      ...(unhealthy ?? []).flatMap((name) => of({ unhealthy: 1 }, name)),
      ...restartingIn(now).flatMap((name) => of({ restarting: 1 }, name)),
      ...each.filter(({ isLasting }) => isLasting).flatMap((one) => of({ stopped: isStopped(one) ? 1 : 0 }, one.name)),
    ];
  },
  describe: (now, _earlier, { words }) => [describeContainers(now, words)],
});
