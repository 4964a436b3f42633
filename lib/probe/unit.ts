import type { Uom } from "../model/probe.ts";

/** A unit of measurement in base units. */
export interface Unit {
  readonly uom: Uom | null;
  readonly factor: number;
}

const unit = (uom: Uom | null, factor = 1): Unit => ({ uom, factor });
const kibi = 1024;

/**
 * Units by their name in perfdata, and by the words of the settings. Sources: the development guidelines of
 * monitoring-plugins.org, and the longer list of Icinga's. Plugins that write MB count in 1024.
 */
const units: Readonly<Record<string, Unit>> = {
  "": unit(null),
  // A counter: what it counts is its own business.
  c: unit(null),
  "%": unit("percent"),
  ns: unit("seconds", 1e-9),
  us: unit("seconds", 1e-6),
  ms: unit("seconds", 1e-3),
  s: unit("seconds"),
  m: unit("seconds", 60),
  h: unit("seconds", 3600),
  d: unit("seconds", 86_400),
  b: unit("bytes"),
  kb: unit("bytes", kibi),
  mb: unit("bytes", kibi ** 2),
  gb: unit("bytes", kibi ** 3),
  tb: unit("bytes", kibi ** 4),
  pb: unit("bytes", kibi ** 5),
  kib: unit("bytes", kibi),
  mib: unit("bytes", kibi ** 2),
  gib: unit("bytes", kibi ** 3),
  tib: unit("bytes", kibi ** 4),
  pib: unit("bytes", kibi ** 5),
  percent: unit("percent"),
  milliseconds: unit("seconds", 1e-3),
  seconds: unit("seconds"),
  minutes: unit("seconds", 60),
  hours: unit("seconds", 3600),
  days: unit("seconds", 86_400),
  bytes: unit("bytes"),
  celsius: unit("celsius"),
};

/** The unit of a name; null for one that is not known. */
export const unitOf = (name: string): Unit | null => units[name.toLowerCase()] ?? null;
