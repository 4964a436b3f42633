import { serviceUnit } from "../../lib/install/units.ts";

const unit = serviceUnit({ scope: "system", words: [], stateDirectory: null, timeoutSeconds: 1 });
const [, bounding = ""] = /^CapabilityBoundingSet=(.*)$/m.exec(unit) ?? [];
const kept = bounding.split(" ").map((name) => `+${name.replace("CAP_", "").toLowerCase()}`);

/** Starts a command with the rights that the unit of `install --systemd` leaves to root. */
export const hardened: readonly string[] = [
  "setpriv",
  "--no-new-privs",
  `--bounding-set=-all,${kept.join(",")}`,
  "--inh-caps=-all",
];
