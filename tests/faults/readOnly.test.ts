import { expect } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { openNamespace } from "../support/namespace.ts";
import { testWith } from "../support/needs.ts";
import { startLife } from "./life.ts";

testWith()(
  "a state and an export on disks that became read-only cost neither the card nor the other exports",
  async () => {
    await using namespace = await openNamespace();
    await using life = await startLife();
    const { directory: place } = namespace;
    const inside = { prefix: namespace.enter([]), environment: { SERVER_METRICS_STATE_DIR: `${place}/state` } };
    const file = join(life.directory, "server-metrics.toml");
    const exported = join(life.directory, "b.prom");
    writeFileSync(file, `[[export]]\nfile = "${place}/prom/a.prom"\n[[export]]\nfile = "${exported}"\n`);
    await namespace.shell("for d in state prom; do mkdir -m 700 $W/$d; mount -t tmpfs -o mode=700 tmpfs $W/$d; done");
    const settings = ["--config", file];
    expect(await life.run({ ...inside, arguments: settings })).toEqual({ status: 0, stdout: "", stderr: "" });
    await namespace.shell(`for d in state prom; do mount -o remount,ro $W/$d; done; rm ${exported}`);
    const report = await life.run({ ...inside, arguments: settings });
    expect(report).toMatchObject({
      status: 73,
      stderr: expect.stringMatching(/^server-metrics: no state: .*read-only.*\n$/),
    });
    expect(life.discord.messages).toHaveLength(2);
    expect(await Bun.file(exported).exists()).toBe(true);
    const check = await life.run({ ...inside, command: (binary) => [binary, "check", ...settings] });
    expect(check.stdout).toContain(`▲ Export    ${place}/prom/a.prom: the file system is read-only\n`);
    expect(check.stdout).toMatch(/^■ State .*read-only/m);
  },
);
