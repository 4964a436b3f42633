import { expect } from "bun:test";

import { testWith } from "../../support/needs.ts";
import { openLife } from "./life.ts";

testWith("restic", "ip")(
  "a restic that has not run, and one whose snapshots were deleted, is told, and that it is over",
  async () => {
    await using life = await openLife();
    const variables = `RESTIC_REPOSITORY=${life.at("restic")} RESTIC_PASSWORD_FILE=${life.at("password")}`;
    const backup = async () => life.shell(`${variables} restic --no-cache -q backup /etc/nginx`);
    await life.shell(`echo x >$W/password; ${variables} restic --no-cache -q init
echo '30 4 * * * root ${variables} restic backup /srv' >/etc/cron.d/restic`);
    await backup();
    const toml = await life.adopt();
    expect(toml).toContain(`name = "Backup restic"\nfile = "${life.at("restic/snapshots/*")}"`);
    expect(toml).toMatch(
      new RegExp(`^#   30 4 \\* \\* \\* root ${variables} \\S+ job restic -- restic backup /srv$`, "m"),
    );
    await life.shell("touch -d '-30 hours' $W/restic/snapshots/*");
    await life.tells(/Backup restic 1 d 6 h.*warning/, /limit 1 d 2 h/, /<t:\d+:t>/);
    await life.shell(`${variables} restic --no-cache -q forget --keep-last 0 latest || rm $W/restic/snapshots/*`);
    await life.tells(/Backup restic: no such file.*critical/);
    await backup();
    await life.tells(/Backup restic (?:back to|recovered)/);
  },
);

testWith("borg", "ip")(
  "a borg that has not run, and one whose repository was deleted, is told, and that it is over",
  async () => {
    await using life = await openLife();
    const variables = `BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes HOME=${life.at("")}`;
    const backup = async () =>
      life.shell(`[ -d $W/borg ] || ${variables} borg init -e none $W/borg
${variables} borg create $W/borg::$(cat /proc/sys/kernel/random/uuid) /etc/nginx`);
    await life.shell(
      `mkdir -p /etc/cron.daily; printf '#!/bin/sh\\nexport BORG_REPO=%s\\nborg create ::{now} /srv\\n' $W/borg >/etc/cron.daily/borg`,
    );
    await backup();
    const toml = await life.adopt();
    expect(toml).toContain(`name = "Backup borg"\nfile = "${life.at("borg/index.*")}"`);
    await life.shell("touch -d '-60 hours' $W/borg/index.*");
    await life.tells(/Backup borg 2 d 12 h.*critical/, /limit 2 d 2 h/, /<t:\d+:t>/);
    await backup();
    await life.tells(/Backup borg back to [\d.]+ m?s, after 10 min/);
    await life.shell("rm -r $W/borg");
    await life.tells(/Backup borg: no such file.*critical/);
    await backup();
    await life.tells(/Backup borg/);
  },
);
