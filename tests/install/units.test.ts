import { expect, test } from "bun:test";
import { join } from "node:path";

import { isOurUnit, serviceUnit, timerUnit, type UnitFiles } from "../../lib/install/units.ts";
import { testWithPrograms } from "../support/needs.ts";
import { run, temporaryDirectory } from "../support/project.ts";

const files: UnitFiles = {
  scope: "system",
  words: ["/bin/true", "--splay=0"],
  stateDirectory: null,
  timeoutSeconds: 110,
};

/** What systemd itself says of the units, if anything. */
async function verified(unit: UnitFiles) {
  using directory = temporaryDirectory();
  const paths = ["server-metrics.service", "server-metrics.timer"].map((name) => join(directory.path, name));
  await Bun.write(paths[0]!, serviceUnit(unit));
  await Bun.write(paths[1]!, timerUnit);
  const { status, stdout, stderr } = await run(["systemd-analyze", "verify", `--${unit.scope}`, ...paths]);
  // Of this machine's own units.
  const ours = (stdout + stderr).split("\n").filter((line) => line.includes(directory.path));
  return { status, ours };
}

testWithPrograms("systemd-analyze")("systemd accepts the units", async () => {
  expect(await verified(files)).toEqual({ status: 0, ours: [] });
  expect(await verified({ ...files, stateDirectory: "/var/lib/a b%" })).toEqual({ status: 0, ours: [] });
});

test("words come through systemd's quoting", () => {
  const words = ["/opt/a b/100%$x/server-metrics", '--name=a "b" \\c', "--config=/etc/$x%h.toml"];
  expect(serviceUnit({ ...files, words })).toContain(
    '\nExecStart="/opt/a b/100%%$x/server-metrics" "--name=a \\"b\\" \\\\c" "--config=/etc/$$x%%h.toml"\n',
  );
});

test("a state directory that was named is made writable, and no other made", () => {
  const unit = serviceUnit({ ...files, stateDirectory: "/root/state" });
  expect(unit).toContain("\nReadWritePaths=-/root/state\n");
  expect(unit).not.toContain("StateDirectory");
  expect(serviceUnit(files)).toContain("\nStateDirectory=server-metrics\n");
});

test("a user's unit has nothing that only the machine's systemd can do", () => {
  const unit = serviceUnit({ ...files, scope: "user" });
  expect(unit).not.toMatch(/StateDirectory|Protect|Private|Capability|network-online/);
  expect(unit).toContain("\nNoNewPrivileges=yes\n");
});

test("the timer looks every 5 minutes and makes up for what was missed; the service may wait for its turn", () => {
  expect(timerUnit).toMatch(/OnCalendar=\*:0\/5\n.*Persistent=yes\n/s);
  expect(serviceUnit(files)).toContain("\nTimeoutStartSec=110\n");
});

test("our units are known again, and no others", () => {
  expect([serviceUnit(files), timerUnit].map(isOurUnit)).toEqual([true, true]);
  expect(isOurUnit("[Unit]\nDescription=server-metrics\n")).toBe(false);
});
