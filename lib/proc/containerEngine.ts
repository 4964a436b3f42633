import * as v from "valibot";

import { isTooDeep } from "../model/json.ts";
import { parseCount } from "./number.ts";

const answer = v.array(
  v.object({
    Id: v.string(),
    /** Docker has a slash before each; null of a container that is being removed. */
    Names: v.nullish(v.array(v.string())),
    State: v.string(),
    /** `Up 2 hours (unhealthy)`; by Podman's own path the word of its health check alone. */
    Status: v.nullish(v.string()),
    /** Only by Podman's own path. */
    ExitCode: v.nullish(v.number()),
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
  /** Null while it runs, and where nothing is said about it. */
  readonly exitCode: number | null;
  /** It was started within the last minute. */
  readonly isFresh: boolean;
}

const health = /^(?:healthy|unhealthy|starting|none)$/;
const inParentheses = /\((?:health: )?(healthy|unhealthy|starting)\)$/;

function healthOf({ Health, Status }: Answered): string | null {
  const word = (typeof Health === "string" ? Health : Health?.Status) ?? Status ?? null;
  if (word === "") return "none";
  if (word !== null && health.test(word)) return word;
  return inParentheses.exec(Status ?? "")?.[1] ?? null;
}

/** A task of a swarm has a new name at each update; its place in the service stays. */
const nameOf = ({ Id, Names }: Answered) =>
  (Names?.[0]?.replace(/^\//, "") ?? Id.slice(0, 12)).replace(/^(.+\.\d+)\.[a-z0-9]{25}$/, "$1");

function exitCodeOf({ State, Status, ExitCode }: Answered): number | null {
  if (State === "running") return null;
  return ExitCode ?? parseCount(/^\w+ \((\d+)\)/.exec(Status ?? "")?.[1]);
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
    name: nameOf(one),
    state: one.State,
    health: healthOf(one),
    exitCode: exitCodeOf(one),
    isFresh: /^Up (?:Less than a second|\d+ seconds?)/.test(one.Status ?? ""),
  }));
}
