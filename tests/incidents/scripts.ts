import { changeScripts } from "./changeScripts.ts";
import { diskScripts } from "./diskScripts.ts";
import { kernelScripts } from "./kernelScripts.ts";
import { serviceScripts } from "./serviceScripts.ts";
import type { Scripts } from "./stage.ts";

/** How each incident is made. */
export const scripts: Scripts = { ...diskScripts, ...kernelScripts, ...serviceScripts, ...changeScripts };
