import * as v from "valibot";

import { significant } from "../format.ts";
import { type Host, Unavailable } from "../model/host.ts";
import { defineMetric, type Earlier, type Row, type Since, type Wording } from "../model/metric.ts";
import { gauge, observationKey, observations, rate, total } from "../model/observation.ts";
import { type InterfaceCounters, isPlumbing, parseNetDev } from "../proc/netDev.ts";
import { parseCount } from "../proc/number.ts";

const schema = v.array(
  v.object({
    interface: v.string(),
    receiveBytes: v.number(),
    receiveErrors: v.number(),
    receiveDrops: v.number(),
    transmitBytes: v.number(),
    transmitErrors: v.number(),
    transmitDrops: v.number(),
    /** The link speed that the network card reports. */
    linkBytesPerSecond: v.exactOptional(v.number()),
  }),
);

/** The counters of each interface since it came up. Source: /proc/net/dev, `proc_pid_net(5)`. */
export type Network = v.InferOutput<typeof schema>;
type Counted = Network[number];

/**
 * What the link of a network card carries, in Mbit/s in /sys/class/net/NAME/speed. Tunnels and the like have no card, and
 * what they say is made up.
 */
async function readLink(
  host: Host,
  { interface: name }: InterfaceCounters,
): Promise<Pick<Counted, "linkBytesPerSecond">> {
  if (name.includes("/") || (await host.list(`/sys/class/net/${name}/device`).catch(() => [])).length === 0) return {};
  const megabits = parseCount((await host.readSys(`class/net/${name}/speed`).catch(() => "")).trim());
  return megabits === null || megabits === 0 ? {} : { linkBytesPerSecond: megabits * 125_000 };
}

type Rates = Omit<InterfaceCounters, "interface">;

/** No link is faster than 1.6 Tbit/s, and no packet is shorter than 64 bytes. */
const fastest = { bytesPerSecond: 2e11, packetsPerSecond: 2e11 / 64 };

/** Virtual network cards are faster than they report, but not by more than this factor. */
const linkTolerance = 10;

/**
 * Growth a second. When any counter fell, it wrapped or the interface was made anew, and when one grew by more than the
 * link carries, it jumped: then nothing is said.
 */
function ratesSince(now: Counted, since: Since<Network> | null): Rates | null {
  const before = since?.before.find((counters) => counters.interface === now.interface);
  if (since === null || before === undefined) return null;
  const grown = (counter: keyof Rates) => rate(now[counter], before[counter], since.seconds) ?? NaN;
  const rates = {
    receiveBytes: grown("receiveBytes"),
    receiveErrors: grown("receiveErrors"),
    receiveDrops: grown("receiveDrops"),
    transmitBytes: grown("transmitBytes"),
    transmitErrors: grown("transmitErrors"),
    transmitDrops: grown("transmitDrops"),
  };
  const mostBytes = Math.min(fastest.bytesPerSecond, linkTolerance * (now.linkBytesPerSecond ?? Infinity));
  const { receiveBytes, transmitBytes, ...packets } = rates;
  const isPossible = (most: number) => (value: number) => value >= 0 && value <= most;
  const arePossible = Object.values(packets).every(isPossible(fastest.packetsPerSecond));
  return arePossible && [receiveBytes, transmitBytes].every(isPossible(mostBytes)) ? rates : null;
}

function observeInterface(now: Counted, earlier: Earlier<Network>) {
  const totals = {
    receive_bytes_total: now.receiveBytes,
    receive_errors_total: now.receiveErrors,
    receive_drops_total: now.receiveDrops,
    transmit_bytes_total: now.transmitBytes,
    transmit_errors_total: now.transmitErrors,
    transmit_drops_total: now.transmitDrops,
  };
  const perSecond = (rates: Rates) => ({
    receive_bytes_per_second: rates.receiveBytes,
    receive_errors_per_second: rates.receiveErrors,
    receive_drops_per_second: rates.receiveDrops,
    transmit_bytes_per_second: rates.transmitBytes,
    transmit_errors_per_second: rates.transmitErrors,
    transmit_drops_per_second: rates.transmitDrops,
  });
  const labels = { interface: now.interface };
  return [
    ...observations("network", totals, labels),
    ...(["sample", "report"] as const).flatMap((window) => {
      const rates = ratesSince(now, earlier[window]);
      return rates === null ? [] : observations("network", perSecond(rates), { ...labels, window });
    }),
  ];
}

const errorsIn = (rates: Rates | null) => (rates === null ? 0 : rates.receiveErrors + rates.transmitErrors);
const dropsIn = (rates: Rates | null) => (rates === null ? 0 : rates.receiveDrops + rates.transmitDrops);
const isTroubled = (rates: Rates | null) => errorsIn(rates) > 1 || dropsIn(rates) > 1;

const troubles = ["receive_errors", "receive_drops", "transmit_errors", "transmit_drops"] as const;
type TroubleRow = Row<`network_${(typeof troubles)[number]}_per_second`>;

function describeInterface(now: Counted, earlier: Earlier<Network>, { format, words }: Wording): TroubleRow {
  const [report, sample] = [ratesSince(now, earlier.report), ratesSince(now, earlier.sample)];
  const forms = words.network;
  const traffic = ({ receiveBytes, transmitBytes }: Rates) =>
    forms.rates(format.bytes(receiveBytes), format.bytes(transmitBytes));
  const sinceUp = forms.total(format.bytes(now.receiveBytes), format.bytes(now.transmitBytes));
  const amount = (perSecond: number, say: (perSecond: string) => string) =>
    perSecond < 0.005 ? [] : [say(significant(perSecond))];
  return {
    label: forms.label(now.interface),
    lines: [
      report === null ? sinceUp : forms.report(traffic(report)),
      ...amount(errorsIn(report), forms.errors),
      ...amount(dropsIn(report), forms.drops),
      ...(sample === null ? [] : [words.row.now(traffic(sample))]),
    ],
    importance: "detail",
    about: troubles.map((what) =>
      observationKey({
        name: `network_${what}_per_second`,
        labels: { interface: now.interface, window: "report" },
      }),
    ),
  };
}

/** Interfaces that are named; the others are counted. */
const rowsAtMost = 4;

function describeNetwork(now: Network, earlier: Earlier<Network>, wording: Wording): readonly TroubleRow[] {
  const traffic = (counters: Rates) => counters.receiveBytes + counters.transmitBytes;
  const ranked = now
    .map((counters) => ({ counters, report: ratesSince(counters, earlier.report) }))
    .toSorted((one, other) => traffic(other.report ?? other.counters) - traffic(one.report ?? one.counters));
  const isFirst = ({ report }: (typeof ranked)[number]) => isTroubled(report);
  const rows = [...ranked.filter(isFirst), ...ranked.filter((one) => !isFirst(one))]
    .slice(0, rowsAtMost)
    .map(({ counters }) => describeInterface(counters, earlier, wording));
  const hidden = now.length - rows.length;
  const { row, network: forms } = wording.words;
  const more: Row<never> = { label: forms.others, lines: [row.more(hidden)], importance: "detail", about: [] };
  return hidden === 0 ? rows : [...rows, more];
}

const semantic = (what: string, direction: "receive" | "transmit") => ({
  name: `system.network.${what}`,
  attributes: { "network.io.direction": direction },
  labels: { interface: "network.interface.name" },
});

/** Traffic, errors and drops of the interfaces that lead out of the machine. */
export const network = defineMetric({
  order: 80,
  title: (words) => words.network.title,
  schema,
  isDetail: true,
  sampled: true,
  definitions: {
    network_receive_bytes_total: total("bytes", "Bytes received.", semantic("io", "receive")),
    network_receive_errors_total: total("count", "Broken packets received.", {
      ...semantic("errors", "receive"),
      unit: "{error}",
    }),
    network_receive_drops_total: total("count", "Received packets thrown away.", {
      ...semantic("packet.dropped", "receive"),
      unit: "{packet}",
    }),
    network_transmit_bytes_total: total("bytes", "Bytes sent.", semantic("io", "transmit")),
    network_transmit_errors_total: total("count", "Packets that could not be sent.", {
      ...semantic("errors", "transmit"),
      unit: "{error}",
    }),
    network_transmit_drops_total: total("count", "Packets not sent, thrown away.", {
      ...semantic("packet.dropped", "transmit"),
      unit: "{packet}",
    }),
    network_receive_bytes_per_second: gauge(
      "bytes_per_second",
      "Bytes received; window sample: during the run, report: since the last report.",
    ),
    network_receive_errors_per_second: gauge("per_second", "Broken packets received."),
    network_receive_drops_per_second: gauge("per_second", "Received packets thrown away."),
    network_transmit_bytes_per_second: gauge("bytes_per_second", "Bytes sent."),
    network_transmit_errors_per_second: gauge("per_second", "Packets that could not be sent."),
    network_transmit_drops_per_second: gauge("per_second", "Packets not sent, thrown away."),
  },
  collect: async (host) => {
    const interfaces = parseNetDev(await host.readProc("net/dev")).filter((counters) => !isPlumbing(counters));
    if (interfaces.length === 0) throw new Unavailable("no network interface");
    return Promise.all(interfaces.map(async (counters) => Object.assign(counters, await readLink(host, counters))));
  },
  observe: (now, earlier) => now.flatMap((counters) => observeInterface(counters, earlier)),
  describe: describeNetwork,
});
