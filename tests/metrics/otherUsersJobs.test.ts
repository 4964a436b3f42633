import { expect } from "bun:test";
import { chmodSync, chownSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { fakeDiscord } from "../support/fakeDiscord.ts";
import { openNamespace } from "../support/namespace.ts";
import { binary, namespaces } from "../support/needs.ts";
import { withPackages } from "../support/packages.ts";
import { testWhen } from "../support/programNeeds.ts";
import { temporaryDirectory } from "../support/project.ts";

testWhen([namespaces])(
  "a job whose state lies on a full disk runs as it would, and says what is not remembered",
  async () => {
    await using namespace = await openNamespace();
    await namespace.shell(
      'mkdir "$W/s"; mount -t tmpfs -o size=64k,mode=700 tmpfs "$W/s"; cat /dev/zero >"$W/s/full" 2>/dev/null || true',
    );
    const state = ["--state-dir", join(namespace.directory, "s")];
    const command = ["sh", "-c", "echo hello; exit 5"];
    const { status, stdout, stderr } = await namespace.run([binary, "job", "dump", ...state, "--", ...command]);
    expect([status, stdout]).toEqual([5, "hello\n"]);
    expect(stderr).toMatch(/^server-metrics: the job dump is not remembered: .*ENOSPC/);
  },
);

testWhen([namespaces])(
  "a job of another user is told by root, and check names the users whose jobs nobody may read",
  async () => {
    await using discord = await fakeDiscord();
    using directory = temporaryDirectory();
    const at = (name: string) => join(directory.path, name);
    chmodSync(directory.path, 0o755);
    const [jobber, reader] = [54_321, 54_322];
    mkdirSync(at("etc"));
    const users = ["jobber", "reader"].map(
      (name, index) => `${name}:x:${jobber + index}:${jobber}::${at(name)}:/bin/sh\n`,
    );
    writeFileSync(at("etc/passwd"), readFileSync("/etc/passwd", "utf8") + users.join(""));
    for (const [name, uid] of [
      ["jobber", jobber],
      ["reader", reader],
    ] as const) {
      mkdirSync(at(name), { mode: 0o700 });
      chownSync(at(name), uid, uid);
    }
    copyFileSync(binary, at("server-metrics"));
    chmodSync(at("server-metrics"), 0o755);
    await using namespace = await withPackages({}, { etc: at("etc") });
    const as = (uid: number, home: string, ...command: readonly string[]) =>
      namespace.run([
        "setpriv",
        `--reuid=${uid}`,
        `--regid=${uid}`,
        "--clear-groups",
        "env",
        "-i",
        `HOME=${at(home)}`,
        ...command,
      ]);
    const dump = [at("server-metrics"), "job", "pg_dump", "--", "/bin/sh", "-c", "echo no room >&2; exit 3"];
    expect(await as(jobber, "jobber", ...dump)).toEqual({ status: 3, stdout: "", stderr: "no room\n" });

    const settings = at("settings.toml");
    writeFileSync(settings, `webhook = "${discord.webhookUrl}"\nsample = 0\n[jobs]\nusers = ["jobber", "nosuch"]\n`);
    const more = ["--config", settings, "--state-dir", at("state")];
    const env = { SERVER_METRICS_ALLOW_HOST: discord.host };
    const report = await namespace.run([at("server-metrics"), ...more], env);
    expect(report).toMatchObject({ status: 0 });
    expect(JSON.stringify(discord.messages)).toMatch(/pg_dump failed.*failed \(exit 3\)/s);
    const checked = await namespace.run([at("server-metrics"), "check", ...more], env);
    expect(checked.stdout).toMatch(/nosuch/);
    expect(checked.stdout).not.toMatch(/may not be read: .*jobber/);
    expect(checked.status).toBe(78);
    chmodSync(settings, 0o644);
    const blind = await as(reader, "reader", at("server-metrics"), "check", "--config", settings);
    expect(blind.stdout).toMatch(/jobber and nosuch|jobber, nosuch/);
  },
);
