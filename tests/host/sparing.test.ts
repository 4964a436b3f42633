import { expect, test } from "bun:test";

import { sparing } from "../../lib/host/sparing.ts";
import { type Host, Unavailable } from "../../lib/model/host.ts";
import { testHost } from "../support/testHost.ts";
import { virtualClock } from "../support/virtualClock.ts";

/** A machine that says what it was asked. */
function asked() {
  const log: string[] = [];
  const host = testHost({ proc: { stat: "cpu" }, run: { "systemctl show": "units" } });
  const counted: Host = {
    ...host,
    readProc: (name) => {
      log.push(name);
      return host.readProc(name);
    },
    run: (program, args) => {
      log.push([program, ...args].join(" "));
      return host.run(program, args);
    },
    inventory: (part) => {
      log.push(part);
      return host.inventory(part);
    },
  };
  const clock = virtualClock();
  return { log, clock, host: sparing(counted, clock) };
}

test("a program is started once a minute, however often it is asked for", async () => {
  const { log, clock, host } = asked();
  expect(await host.run("systemctl", ["show"])).toBe("units");
  await clock.sleep(59_999);
  expect(await host.run("systemctl", ["show"])).toBe("units");
  expect(log).toEqual(["systemctl show"]);
  await clock.sleep(1);
  await host.run("systemctl", ["show"]);
  expect(log).toHaveLength(2);
});

test("what is not there is not asked for again for a while, either", async () => {
  const { log, clock, host } = asked();
  for (const look of [1, 2, 3]) {
    const failure = await host.inventory("cpu").catch((error: unknown) => error);
    expect(failure, `look ${look}`).toBeInstanceOf(Unavailable);
    await clock.sleep(200_000);
  }
  expect(log).toEqual(["cpu"]);
  await host.inventory("cpu").catch(() => undefined);
  expect(log).toEqual(["cpu", "cpu"]);
});

test("each question has its own answer", async () => {
  const { log, host } = asked();
  const ignore = () => undefined;
  await host.run("systemctl", ["show"]);
  await host.run("systemctl", ["list"]).catch(ignore);
  expect(log).toEqual(["systemctl show", "systemctl list"]);
});

test("files are read each time: they cost nothing and bother nobody", async () => {
  const { log, host } = asked();
  await host.readProc("stat");
  await host.readProc("stat");
  expect(log).toEqual(["stat", "stat"]);
});
