import { diskScripts } from "./diskScripts.ts";
import type { Scripts } from "./stage.ts";

/** How each incident is made. */
export const scripts: Scripts = { ...diskScripts };
