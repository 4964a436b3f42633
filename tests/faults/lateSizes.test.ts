import { expect } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { fakeDiscord } from "../support/fakeDiscord.ts";
import { openNamespace } from "../support/namespace.ts";
import { binary, testWith } from "../support/needs.ts";
import { temporaryDirectory } from "../support/project.ts";

/** A disk, and a du(1) that an alert does not wait for once `slow` is there. */
const scene = `
mount -t tmpfs tmpfs /srv
truncate -s 120M $W/disk
mkfs.ext4 -q -m 0 $W/disk
mount -o loop $W/disk /srv
mkdir -p /srv/app/log
du=$(readlink -f "$(command -v du)")
cp "$du" $W/real
printf '#!/bin/sh\\n[ ! -e "%s/slow" ] || sleep 5\\nexec "%s/real" "$@"\\n' $W $W >$W/du
chmod 755 $W/du
mount --bind $W/du "$du"`;

testWith("mkfs.ext4", "du")(
  "what fills a disk is added to the alert by an edit when it takes long to find, and nobody is notified again",
  async () => {
    using outside = temporaryDirectory();
    await using discord = await fakeDiscord();
    await using box = await openNamespace({ processes: true });
    await box.shell(scene);
    const settings = join(outside.path, "settings.toml");
    const others = ["cpu_busy", "load", "memory", "swap_used", "temperature", "reboot", "clock", "storage_full_soon"];
    const off = others.map((rule) => `${rule} = false\n`).join("");
    writeFileSync(settings, `name = "vps"\nlanguage = "en"\n[rules]\n${off}`);
    const report = async () => {
      const { status } = await box.run(
        [binary, "--sample", "0", "--config", settings, "--state-dir", join(outside.path, "state")],
        { DISCORD_WEBHOOK_URL: discord.webhookUrl, SERVER_METRICS_ALLOW_HOST: discord.host },
      );
      expect(status).toBe(0);
    };
    await report();
    await report();
    await box.shell(`
free=$(df -k --output=avail /srv | tail -n 1)
head -c "$((free - 2000))K" /dev/zero >/srv/app/log/trace.log
touch $W/slow`);
    await report();
    const texts = discord.requests.map(({ method, json }) => ({ method, text: JSON.stringify(json) }));
    const about = texts.filter(({ text }) => text?.includes("Disk /srv") && !text.includes('"flags":'));
    expect(about.map(({ method }) => method)).toEqual(["POST", "PATCH"]);
    const [first, edit] = about.map(({ text }) => text ?? "");
    expect(first).not.toContain("/srv/app");
    expect(edit).toContain("/srv/app");
    expect(edit).toContain('"allowed_mentions":{"parse":[]}');
  },
);
