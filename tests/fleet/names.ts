import { inBaseUnits, ownDefinitions } from "../../lib/export/run.ts";
import { definitions } from "../../lib/metrics/definitions.ts";

const names = new Set(
  [...definitions.keys(), ...Object.keys(ownDefinitions)].map((name) => {
    const number = inBaseUnits({ name, labels: {}, value: 1 });
    return `server_metrics_${number?.name}`;
  }),
);

/** Whether an engine can come to see a name. */
export const exportedName = (name: string): boolean => names.has(name);
