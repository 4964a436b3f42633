import * as v from "valibot";

import { significant } from "../format.ts";
import { type Host, Unavailable } from "../model/host.ts";
import { defineMetric, type Row, type Since } from "../model/metric.ts";
import { gauge, observationKey, observations, rate, total } from "../model/observation.ts";
import { parseCount } from "../proc/number.ts";

const schema = v.object({ listenDrops: v.nullable(v.number()), retransmits: v.nullable(v.number()) });

/**
 * Trouble that TCP has counted since boot; null where the kernel does not count it. Sources: ListenDrops of
 * /proc/net/netstat and RetransSegs of /proc/net/snmp, `proc_pid_net(5)`.
 */
export type Tcp = v.InferOutput<typeof schema>;

/**
 * One counter of /proc/net/snmp or /proc/net/netstat: pairs of lines, names first, then numbers, each behind the
 * protocol's name. Null when it is not there.
 */
export function parseProtocolCounter(text: string, protocol: string, counter: string): number | null {
  const [names, numbers] = text
    .split("\n")
    .filter((line) => line.startsWith(`${protocol}: `))
    .map((line) => line.split(" "));
  return parseCount(numbers?.[names?.indexOf(counter) ?? -1]);
}

async function collectTcp(host: Host): Promise<Tcp> {
  const read = async (file: string, protocol: string, counter: string) => {
    const text = await host.readProc(`net/${file}`).catch(() => null);
    return text === null ? null : parseProtocolCounter(text, protocol, counter);
  };
  const listenDrops = await read("netstat", "TcpExt", "ListenDrops");
  const retransmits = await read("snmp", "Tcp", "RetransSegs");
  if (listenDrops === null && retransmits === null) throw new Unavailable("not counted by this kernel");
  return { listenDrops, retransmits };
}

function ratesSince(now: Tcp, since: Since<Tcp> | null) {
  const grown = (counter: keyof Tcp) => {
    const [value, before] = [now[counter], since?.before[counter] ?? null];
    return since === null || value === null || before === null ? null : rate(value, before, since.seconds);
  };
  return { listen_drops_per_second: grown("listenDrops"), retransmits_per_second: grown("retransmits") };
}

/** The rate since the last report, or without one the number since boot; nothing where the kernel does not count it. */
function amount(
  count: number | null,
  sayTotal: (count: number) => string,
  perSecond: number | null,
  sayRate: (perSecond: string) => string,
): readonly string[] {
  if (perSecond !== null) return [sayRate(significant(perSecond))];
  return count === null ? [] : [sayTotal(count)];
}

/** Connections that a program was too slow to accept, and segments sent twice. */
export const tcp = defineMetric({
  order: 90,
  title: (words) => words.tcp.label,
  schema,
  isDetail: true,
  definitions: {
    tcp_listen_drops_total: total("count", "Connections dropped before accept(2)."),
    tcp_listen_drops_per_second: gauge("per_second", "The same, since the last report."),
    tcp_retransmits_total: total("count", "Segments sent again."),
    tcp_retransmits_per_second: gauge("per_second", "The same, since the last report."),
  },
  collect: collectTcp,
  observe: (now, { report }) => [
    ...observations("tcp", { listen_drops_total: now.listenDrops, retransmits_total: now.retransmits }),
    ...observations("tcp", ratesSince(now, report), { window: "report" }),
  ],
  describe: (now, { report }, { words: { tcp: words } }) => {
    const rates = ratesSince(now, report);
    const { listen_drops_per_second: drops, retransmits_per_second: resent } = rates;
    const names = ["tcp_listen_drops_per_second", "tcp_retransmits_per_second"] as const;
    const row: Row<(typeof names)[number]> = {
      label: words.label,
      lines: [
        ...amount(now.listenDrops, words.dropsTotal, drops, words.drops),
        ...amount(now.retransmits, words.resentTotal, resent, words.resent),
      ],
      importance: "detail",
      about: names.map((name) => observationKey({ name, labels: { window: "report" } })),
    };
    return [row];
  },
});
