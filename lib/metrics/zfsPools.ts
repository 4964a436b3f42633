import * as v from "valibot";

import { type Host, ifThere, Unavailable } from "../model/host.ts";
import { defineMetric } from "../model/metric.ts";
import { gauge, observationKey, observations } from "../model/observation.ts";

const schema = v.array(v.object({ pool: v.string(), state: v.string() }));

/**
 * ZFS pools and their states: ONLINE, DEGRADED, FAULTED, OFFLINE, REMOVED, UNAVAIL, SUSPENDED (`zpoolconcepts(7)`).
 * Source: /proc/spl/kstat/zfs/POOL/state.
 */
export type ZfsPools = v.InferOutput<typeof schema>;

const isState = (word: string) => /^(?:ONLINE|DEGRADED|FAULTED|OFFLINE|REMOVED|UNAVAIL|SUSPENDED)$/.test(word);

async function collectZfsPools(host: Host): Promise<ZfsPools> {
  const entries = (await ifThere(host.list("/proc/spl/kstat/zfs"))) ?? [];
  // Statistics of the module lie beside the pools; they have no state.
  const states = await Promise.all(entries.map((pool) => ifThere(host.readProc(`spl/kstat/zfs/${pool}/state`))));
  const pools = entries.flatMap((pool, index) => {
    const state = states[index]?.trim();
    return state ? [{ pool, state }] : [];
  });
  const strange = pools.find(({ state }) => !isState(state));
  if (strange !== undefined) throw new Error(`the state of the pool ${strange.pool} is malformed`);
  if (pools.length === 0) throw new Unavailable("no ZFS pool");
  return pools.toSorted((one, other) => (one.pool < other.pool ? -1 : 1));
}

/** ZFS pools; one that is not ONLINE has lost a device or more. */
export const zfsPools = defineMetric({
  order: 140,
  title: (words) => words.zfs.title,
  schema,
  definitions: {
    zfs_pools_online: gauge("count", "1 when the pool is ONLINE, 0 in every other state."),
  },
  collect: collectZfsPools,
  observe: (now) =>
    now.flatMap(({ pool, state }) => observations("zfs_pools", { online: state === "ONLINE" ? 1 : 0 }, { pool })),
  describe: (now, _earlier, { words }) =>
    now.map(({ pool, state }) => ({
      label: words.zfs.label(pool),
      lines: [state],
      importance: state === "ONLINE" ? "detail" : "notable",
      about: [observationKey({ name: "zfs_pools_online", labels: { pool } })],
    })),
});
