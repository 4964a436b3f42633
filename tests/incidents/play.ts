/** Plays one incident, `play.ts NAME DIRECTORY`, in a namespace of its own, and prints its first alert as JSON. */
import { type IncidentName, incidents } from "./incidents.ts";
import { scripts } from "./scripts.ts";
import { openStage, type Script } from "./stage.ts";

const [, , name = "", directory = ""] = process.argv;
const isIncident = (text: string): text is IncidentName => text in incidents;

if (!isIncident(name)) throw new Error(`there is no incident ${name}`);
const script: Script | undefined = scripts[name];
if (script === undefined) {
  console.log(JSON.stringify({ text: "" }));
} else {
  await using stage = await openStage(directory, script.about ?? []);
  console.log(JSON.stringify({ text: await script.play(stage) }));
}
// What it started must not keep it waiting.
process.exit(0);
