import { expect, test } from "bun:test";

import type { Incident } from "../../lib/alerts/incidents.ts";
import { createFormat } from "../../lib/format.ts";
import type { Inquiry } from "../../lib/measure/diskInquiry.ts";
import { findHappenings } from "../../lib/measure/happenings.ts";
import { noPast } from "../../lib/state/past.ts";
import { en } from "../../lib/words/en.ts";
import { defaultConfig } from "../support/measure.ts";
import { readings } from "../support/readings.ts";
import { testHost, type TestMachine } from "../support/testHost.ts";
import { virtualClock } from "../support/virtualClock.ts";

const nowMs = Date.parse("2026-08-01T12:00:00Z");
const minuteMs = 60_000;
const question =
  "systemctl show *.service *.mount *.swap *.socket *.timer *.path *.automount *.scope --property=Id,LoadState,ActiveState,SubState,UnitFileState,Result,NRestarts,ExecMainStartTimestampMonotonic";

interface Given {
  readonly machine?: TestMachine;
  readonly incidents?: readonly Incident[];
}

/** What is told to have happened on a machine that has been up for a day. */
async function told({ machine = {}, incidents = [] }: Given): Promise<readonly string[]> {
  const inquiry: Inquiry = {
    machine: { host: testHost(machine), clock: virtualClock(nowMs) },
    config: defaultConfig,
    past: noPast,
    news: { transitions: [], events: [] },
    measured: {
      changes: [],
      snapshot: { takenAtMs: nowMs, readings: readings({ host: { uptimeSeconds: 86_400 } }) },
      observations: [],
      incidents,
    },
    format: createFormat("iec"),
    words: en,
  };
  return (await findHappenings(inquiry, nowMs)).map(({ text }) => text);
}

test("a unit that was started is told, and not this program's own, which starts at each look", async () => {
  const unit = (id: string, minutes: number) =>
    `Id=${id}\nActiveState=activating\nExecMainStartTimestampMonotonic=${(86_400 - minutes * 60) * 1e6}\n`;
  const output = [unit("server-metrics.service", 0), unit("backup.service", 5), unit("old.service", 900)].join("\n");
  expect(await told({ machine: { dirs: { "/run/systemd/system": [] }, run: { [question]: output } } })).toEqual([
    "backup.service started",
  ]);
});

test("another alert is told while it lasts, and not when it is over", async () => {
  const incident = (service: string, toMs: number | null): Incident => ({
    target: `service_up{unit="${service}"}`,
    rule: "service_down",
    labels: { unit: service },
    value: 0,
    severity: "critical",
    fromMs: nowMs - 9 * minuteMs,
    toMs,
  });
  const incidents = [incident("redis.service", null), incident("caddy.service", nowMs - 5 * minuteMs)];
  expect(await told({ incidents })).toEqual(["redis.service is down"]);
});
