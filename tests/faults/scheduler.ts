import { openNamespace } from "../support/namespace.ts";
import { binary } from "../support/needs.ts";
import { lacks, quoted } from "../support/project.ts";
import { bootSystemd } from "../support/systemdMachine.ts";

/** Something that starts the program each minute, and the place that it runs in. */
export interface Scheduler extends AsyncDisposable {
  readonly name: string;
  /** Where the program is, and what belongs to it. */
  readonly directory: string;
  readonly state: string;
  /** A file system of its own. */
  readonly disk: string;
  readonly shell: (script: string) => Promise<string>;
  /** From now on it runs each minute. */
  readonly start: () => Promise<unknown>;
}

interface Wanted {
  /** The host that stands for Discord. */
  readonly allowed: string;
  /** Writes the settings for it, and returns where. */
  readonly settings: (made: Scheduler) => string;
}

const cardEvery = "--card-every 30m --sample 0";

/** Debian's cron, with a crontab of its own, that `install` has written. */
export async function openCron({ allowed, settings }: Wanted): Promise<Scheduler> {
  const missing = ["cron", "crontab", "mkfs.ext4"].filter(lacks);
  if (missing.length > 0) throw new Error(`needs ${missing.join(", ")}`);
  const box = await openNamespace({ processes: true });
  // What others have mounted for their own tests must not be held here.
  await box.shell(`
awk '$2 ~ "^/tmp/" && $2 != ENVIRON["W"] { print $2 }' /proc/mounts | sort -r | xargs -r -n1 umount --lazy
mount -t tmpfs -o mode=755 tmpfs /srv
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=755 tmpfs /var/spool
mkdir -p /var/spool/cron/crontabs /srv/data $W/pam $W/bin
# The program looks for it where a system has it.
ln -s "$(command -v crontab)" $W/bin/crontab
# As in each namespace, which the overlay would hide.
ln -s /bin/true $W/bin/apt-get
mount -t overlay -o lowerdir=$W/bin:/usr/bin overlay /usr/bin
printf '%s required pam_permit.so\\n' auth account session >$W/pam/cron
mount --bind $W/pam /etc/pam.d
if [ -d /etc/cron.d ]; then mount -t tmpfs tmpfs /etc/cron.d; fi
truncate -s 50M $W/image
mkfs.ext4 -q -m 0 $W/image
mount -o loop $W/image /srv/data
install -m 755 ${quoted(binary)} /srv/server-metrics`);
  const scheduler: Scheduler = {
    name: "an hour under Debian's cron",
    directory: "/srv",
    state: "/srv/state",
    disk: "/srv/data",
    shell: box.shell,
    start: () => box.shell("setsid cron -f >$W/cron.log 2>&1 &"),
    [Symbol.asyncDispose]: box[Symbol.asyncDispose],
  };
  await box.shell(`
install -m 600 ${quoted(settings(scheduler))} /srv/server-metrics.toml
echo SERVER_METRICS_ALLOW_HOST=${allowed} | crontab -
/srv/server-metrics install --cron "* * * * *" ${cardEvery} --state-dir /srv/state`);
  return scheduler;
}

/** The timer of a booted Debian, which `install` has written, once a minute. */
export async function openTimer({ allowed, settings }: Wanted): Promise<Scheduler> {
  const machine = await bootSystemd("trixie", { places: ["/srv/data"] });
  const directory = "/usr/local/bin";
  const scheduler: Scheduler = {
    name: "an hour under systemd's timer",
    directory,
    state: "/var/lib/server-metrics/*",
    disk: "/srv/data",
    shell: machine.shell,
    start: () => machine.shell("systemctl daemon-reload; systemctl restart server-metrics.timer"),
    [Symbol.asyncDispose]: machine[Symbol.asyncDispose],
  };
  const text = await Bun.file(settings(scheduler)).text();
  await machine.shell(`
umask 077; cat >${directory}/server-metrics.toml <<'END'
${text}END
${directory}/server-metrics install --systemd ${cardEvery}
systemctl stop server-metrics.timer
cd /etc/systemd/system; mkdir -p server-metrics.service.d server-metrics.timer.d
printf '[Service]\\nEnvironment=SERVER_METRICS_ALLOW_HOST=${allowed}\\n' >server-metrics.service.d/test.conf
printf '[Timer]\\nOnCalendar=\\nOnCalendar=*:*:00\\nAccuracySec=1s\\nRandomizedDelaySec=0\\n' >server-metrics.timer.d/test.conf`);
  return scheduler;
}
