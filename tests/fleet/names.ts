import { definitions } from "../../lib/definitions.ts";
import { inBaseUnits, ownDefinitions } from "../../lib/export/exported.ts";

const names = new Set(
  [...definitions.keys(), ...Object.keys(ownDefinitions)].map((name) => {
    const number = inBaseUnits({ name, labels: {}, value: 1 });
    return `server_metrics_${number?.name}`;
  }),
);

/** Whether an engine can come to see a name. */
export const exportedName = (name: string): boolean => names.has(name);
