import { withDeadline } from "../clock.ts";
import { changeKinds } from "../model/change.ts";
import { type Host, Unavailable } from "../model/host.ts";
import { defineMetric, type Moment } from "../model/metric.ts";
import type { MetricSettings } from "../model/settings.ts";
import { Kept } from "./watched/kept.ts";
import { type Glance, openPorts, readAddresses, readPorts } from "./watched/ports.ts";
import { stampsOf } from "./watched/stamps.ts";

/**
 * The facts that an intruder would change, kept for the next look to compare with. Sources: `passwd(5)`, `group(5)`, `sudoers(5)`,
 * authorized_keys of `sshd(8)`, `crontab(5)`, `systemd.unit(5)`, `ld.so(8)`; the databases of dpkg, rpm and apk; tcp, tcp6,
 * udp and udp6 of /proc/net, `proc_pid_net(5)`, where sockstat, sockstat6 and CurrEstab of snmp count others than before; once
 * a day `find(1)` for programs that run as their owner.
 */
export type Changes = Kept;

const accounts = "/etc/passwd";

/** The look of the day reads each directory of the disk. */
const errandMs = 20_000;
/** The first look reads some hundred files, which takes its time on a slow or emulated processor. */
const lookMs = 8000;

function collectChanges(host: Host, settings: MetricSettings, moment?: Moment<Changes>): Promise<Changes> {
  if (moment === undefined) throw new Unavailable("nothing to compare with");
  if (settings.changes.off.length === changeKinds.length) throw new Unavailable("switched off");
  const { clock, isErrand = false } = moment;
  const looking = look(host, settings, moment.before, { atMs: clock.now(), isErrand });
  return withDeadline(looking, isErrand ? errandMs : lookMs, "no answer");
}

async function look(
  host: Host,
  { changes: settings }: MetricSettings,
  before: Changes | null,
  moment: Pick<Glance, "atMs" | "isErrand">,
): Promise<Changes> {
  const open = await readPorts(host, before, moment.atMs);
  if (open.ports === null && (await host.stamps([accounts]))[0] === null)
    throw new Unavailable(`${accounts} is not there`);
  const glance = { ...moment, ...open, addresses: await readAddresses(host) };
  const mayBeSame = before !== null && !moment.isErrand && before.workingSinceMs === null;
  const same = !mayBeSame ? null : await unchanged(host, settings.off, before, glance);
  if (same !== null) return same;
  const { lookAgain } = await import("./watched/look.ts");
  return lookAgain(host, settings, before, glance);
}

/** Null where something may be otherwise. */
async function unchanged(host: Host, off: readonly string[], before: Changes, glance: Glance): Promise<Changes | null> {
  const stamps = await stampsOf(host, before.files.split("\n"), off);
  if (stamps.files !== before.stamp || stamps.packages !== before.packages) return null;
  if (glance.addresses.join() !== before.addresses.join()) return null;
  const { ports, waiting } = await openPorts(host, before, glance);
  if (Object.keys(ports).toSorted().join() !== Object.keys(before.ports).toSorted().join()) return null;
  return { ...before, atMs: glance.atMs, listening: glance.listening, ports, waiting, found: [] };
}

/** What changed on this machine: keys, users, units, cron, ports, packages and more. */
export const changes = defineMetric({
  order: 225,
  title: (words) => words.changes.title,
  schema: Kept,
  isDetail: true,
  definitions: {},
  deadlineMs: () => errandMs,
  collect: collectChanges,
  // The last one that could be made is the one to compare with.
  carry: (now) => now,
  observe: () => [],
  describe: ({ closed, ports }, _earlier, { words: { changes: words } }) => [
    {
      label: words.title,
      lines: [words.watched(Object.keys(ports).length, closed.length)],
      importance: "detail",
      about: [],
    },
  ],
});
