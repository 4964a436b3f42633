import { expect } from "bun:test";

import { openNamespace } from "../support/namespace.ts";
import { binary, testWith } from "../support/needs.ts";

testWith()("1,500 mounts take a bounded time of the CPU, and the card counts those it does not show", async () => {
  await using space = await openNamespace();
  await space.shell(`
    printf '[storage]\\ninclude = ["%s/many/*"]\\n' $W >$W/settings.toml
    mkdir $W/many; cd $W/many; mkdir $(seq 1500)
    # One program for all: each reads the whole list of mounts.
    for n in $(seq 1500); do echo "none $W/many/$n tmpfs size=1m 0 0"; done >$W/fstab
    mount -a -T $W/fstab`);
  const report = [binary, "report", "--dry-run", "--sample", "0", "--config", `${space.directory}/settings.toml`];
  const { exitCode, stdout, resourceUsage } = Bun.spawnSync([...space.enter(report)], { cwd: "/" });
  expect(Number(resourceUsage.cpuTime.total) / 1000).toBeLessThan(5000);
  expect(exitCode).toBe(0);
  expect(stdout.toString()).toMatch(/also well: 1[45]\d\d disks \(at most \d+\s%\)/);
});

testWith()("a mount that a later one hides has no row", async () => {
  await using space = await openNamespace();
  await space.shell(`
    printf '[storage]\\ninclude = ["%s/**"]\\n' $W >$W/settings.toml
    mkdir -p $W/outer/inner; mount -t tmpfs -o size=1m hidden $W/outer/inner
    mount -t tmpfs -o size=2m covering $W/outer`);
  const { stdout } = await space.run([binary, "show", "--json", "--config", `${space.directory}/settings.toml`]);
  expect(stdout).toContain(`${space.directory}/outer`);
  expect(stdout).not.toContain(`${space.directory}/outer/inner`);
});
