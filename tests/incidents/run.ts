import * as v from "valibot";

import { openNamespace } from "../support/namespace.ts";
import { type Incident, type IncidentName, incidents } from "./incidents.ts";
import { stageFile } from "./stage.ts";

const Played = v.pipe(v.string(), v.parseJson(), v.object({ text: v.string() }));

/** What came of an incident. */
export interface Outcome {
  readonly incident: Incident;
  /** What the first alert says; empty where there was none. */
  readonly text: string;
  /** The causes that it does not name. */
  readonly missing: readonly string[];
  /** Why it could not be played; null when it could. */
  readonly problem: string | null;
}

/** Plays an incident with mounts, processes and a network of its own. */
export async function playIncident(name: IncidentName): Promise<Outcome> {
  const incident: Incident = incidents[name];
  await using box = await openNamespace({ processes: true, network: true });
  await box.shell("ip link set lo up");
  const { stdout, stderr } = await box.run([process.execPath, "--no-env-file", stageFile, name, box.directory]);
  const played = v.safeParse(Played, stdout.trim().split("\n").at(-1));
  if (!played.success) return { incident, text: "", missing: incident.causes, problem: stderr.slice(0, 2000) };
  const { text } = played.output;
  // A sentence begins with a capital letter.
  const isNamed = (cause: string) => text.toLowerCase().includes(cause.toLowerCase());
  return { incident, text, missing: incident.causes.filter((cause) => !isNamed(cause)), problem: null };
}
