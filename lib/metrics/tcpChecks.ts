import * as v from "valibot";

import { significant } from "../format.ts";
import { type Host, Unavailable } from "../model/host.ts";
import { CheckProblem } from "../model/problem.ts";
import { defineMetric } from "../model/metric.ts";
import { gauge, observationKey, observations } from "../model/observation.ts";
import type { MetricSettings } from "../model/settings.ts";

const schema = v.array(
  v.object({
    check: v.string(),
    /** Null when the port accepts connections. */
    problem: v.nullable(CheckProblem),
    /** Until the connection stood. */
    seconds: v.nullable(v.number()),
  }),
);

/** Whether the ports of the settings accept connections. Source: a TCP connection to each. */
export type TcpChecks = v.InferOutput<typeof schema>;

async function collectTcp(host: Host, { tcp }: MetricSettings): Promise<TcpChecks> {
  if (tcp.length === 0) throw new Unavailable("none configured");
  return Promise.all(tcp.map(async (check) => ({ check: check.name, ...(await host.checkTcp(check)) })));
}

/** Ports that are to accept connections, of this machine or another. */
export const tcpChecks = defineMetric({
  order: 180,
  title: (words) => words.ports.title,
  schema,
  // A second more than the slowest check, which says better what was wrong.
  deadlineMs: ({ tcp }) => 1000 + 1000 * Math.max(0, ...tcp.map(({ timeoutSeconds }) => timeoutSeconds)),
  definitions: {
    tcp_up: gauge("count", "1 when the port accepts connections."),
    tcp_connect_seconds: gauge("seconds", "Time until the connection stood."),
  },
  collect: collectTcp,
  observe: (now) =>
    now.flatMap(({ check, problem, seconds }) =>
      observations("tcp", { up: problem === null ? 1 : 0, connect_seconds: seconds }, { check }),
    ),
  describe: (now, _earlier, { words }) =>
    now.map(({ check, problem, seconds }) => ({
      label: check,
      lines: [problem === null ? words.ports.connects(significant(seconds ?? 0)) : words.problem(problem)],
      ...(problem === null ? {} : { number: "down" }),
      importance: problem === null ? "detail" : "notable",
      about: [observationKey({ name: "tcp_up", labels: { check } })],
    })),
});
