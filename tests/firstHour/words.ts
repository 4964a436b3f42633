/*
 * What goes wrong in the first hour, and the exact words that a person sees; `…` is what differs from box to box. `npm run
 * docs` writes both tables into lib/commands/README.md, and firstHour.test.ts provokes every row.
 */

/** What this program says, or its build. */
export const errors = {
  "no npm where it is built": "build.sh: npm is needed once, to install the pinned packages (https://nodejs.org)",
  "no webhook":
    "server-metrics: no webhook: set DISCORD_WEBHOOK_URL, or build with it set (in Discord: channel settings, Integrations, Webhooks, Copy Webhook URL)",
  "the webhook is not a URL":
    "server-metrics: DISCORD_WEBHOOK_URL: the webhook is not a URL, expected https://discord.com/api/webhooks/ID/TOKEN, as Copy Webhook URL in Discord gives it",
  "it is another host's":
    "server-metrics: DISCORD_WEBHOOK_URL: the webhook's host is neither Discord's nor that of SERVER_METRICS_ALLOW_HOST, expected https://discord.com/api/webhooks/ID/TOKEN, as Copy Webhook URL in Discord gives it",
  "it is a channel's link":
    "server-metrics: DISCORD_WEBHOOK_URL: the webhook's path is not that of a webhook, expected https://discord.com/api/webhooks/ID/TOKEN, as Copy Webhook URL in Discord gives it",
  "its end is missing":
    "server-metrics: DISCORD_WEBHOOK_URL: the webhook's token is missing, expected https://discord.com/api/webhooks/ID/TOKEN, as Copy Webhook URL in Discord gives it",
  "it is http":
    "server-metrics: DISCORD_WEBHOOK_URL: the webhook is plain http, which would show its token to the network, expected https://discord.com/api/webhooks/ID/TOKEN, as Copy Webhook URL in Discord gives it",
  "its token was cut off":
    "server-metrics: not delivered: 401, code 50027: the webhook's token is not valid; create a new webhook in Discord and set DISCORD_WEBHOOK_URL, or build again; 1 message kept for the next run",
  "it was deleted":
    "server-metrics: not delivered: 404, code 10015: the webhook was deleted; create a new webhook in Discord and set DISCORD_WEBHOOK_URL, or build again; 1 message kept for the next run",
  "Discord refuses":
    "server-metrics: not delivered: 403, code …: Discord does not take the message now; docs.discord.com explains the code; 1 message kept for the next run",
  "a proxy or a login page refuses":
    "server-metrics: not delivered: 403: something other than Discord answered; look for a proxy, a firewall or a login page in between; 1 message kept for the next run",
  "a login page redirects":
    "server-metrics: not delivered: 302: a redirect, which Discord never sends; look for a proxy or a login page in between; 1 message kept for the next run",
  "the settings file is not TOML":
    "server-metrics: settings file … is not TOML: line 2: Missing value after '='; values must be on the same line",
  "an id has no quotes":
    'server-metrics: settings file … has an id without quotes in line 1: write "123456789012345678"',
  "an unknown setting": 'server-metrics: setting "nmae" in … is unknown; did you mean "name"?',
  "a wrong value": 'server-metrics: setting "splay" in …: expected a number of seconds from 0 to 1500, got "often"',
  "no such file": "server-metrics: --config: settings file … does not exist",
  "a wrong option": "server-metrics: unknown option --sampel; did you mean --sample?; see server-metrics --help",
  "no network, no DNS":
    "server-metrics: not delivered: could not find the webhook's host: DNS; look at the network, /etc/resolv.conf, and HTTPS_PROXY if there is a proxy; 1 message kept for the next run",
  "no way out":
    "server-metrics: not delivered: no route: look at the network (ip route); 1 message kept for the next run",
  "a firewall or a proxy that is not there":
    "server-metrics: not delivered: connection refused: look at the firewall, and at HTTPS_PROXY if there is a proxy; 1 message kept for the next run",
  "the proxy is not http":
    "server-metrics: not delivered: HTTPS_PROXY is not an http or https URL: make it http://HOST:PORT; 1 message kept for the next run",
  "the proxy refuses":
    "server-metrics: not delivered: the proxy refused to connect: let it reach discord.com, and give HTTPS_PROXY the user and password it wants; 1 message kept for the next run",
  "the proxy is http and was called https":
    "server-metrics: not delivered: the TLS handshake failed: look for a proxy in between; its own address is mostly http, not https; 1 message kept for the next run",
  "a proxy reads along":
    "server-metrics: not delivered: the certificate is not valid: its issuer is not trusted; if a proxy reads along, name its CA file in NODE_EXTRA_CA_CERTS; 1 message kept for the next run",
  "something else answers":
    "server-metrics: not delivered: the certificate is not valid: it belongs to another host; look at DNS, and for a proxy or a login page in between; 1 message kept for the next run",
  "the clock is behind":
    "server-metrics: not delivered: the certificate is not valid yet: set this machine's clock; 1 message kept for the next run",
  "the clock is ahead":
    "server-metrics: not delivered: the certificate is not valid any more: set this machine's clock; 1 message kept for the next run",
  "started without HOME, such as by `env -i`":
    "server-metrics: no state: /var/lib/server-metrics may not be made or opened by this user; fix that, or choose a directory with --state-dir",
  "started as root before":
    "server-metrics: no state: … belongs to another user; fix that, or choose another directory with --state-dir",
  "the disk is full":
    "server-metrics: no state: …: the disk is full: make room; fix that, or choose another directory with --state-dir",
  "a read-only disk":
    "server-metrics: no state: … is on a read-only file system; fix that, or choose another directory with --state-dir",
  "two schedules were chosen": 'server-metrics: choose one: install --cron "*/30 * * * *", or install --systemd',
  "a schedule without quotes": 'server-metrics: --cron: expected five times in quotes, such as "*/30 * * * *", got "0"',
  "a schedule that cannot be":
    'server-metrics: --cron: the minute must be *, */N, or numbers from 0 to 59, got "60 * * * *"',
  "cron is not installed":
    "server-metrics: there is no crontab program here: install cron (Debian: cron, others: cronie), or use --systemd",
  "systemd is not there": "server-metrics: systemd does not run here: use --cron (…)",
  "the webhook is in your shell alone":
    'server-metrics: DISCORD_WEBHOOK_URL is set in this shell, but cron will not have it: write webhook = "https://…" into …/server-metrics.toml (chmod 600), or build with it set',
  "it lies in `/tmp`": "server-metrics: … will not stay there: move it, for example to /usr/local/bin",
  "it is yours, and root is to run it":
    "server-metrics: root must not run what others may change: sudo install -m 700 … /usr/local/bin/, and use that one",
} as const satisfies Record<string, string>;

/** What the shell or the loader says when the program does not start, and what to do. */
export const startErrors = {
  "it lost its mode, as in a copy without `scp -p`": {
    words: "Permission denied",
    remedy: "`chmod 700 server-metrics`",
  },
  "it lies on a disk that is mounted with `noexec`": {
    words: "Permission denied",
    remedy: "put it on another; `findmnt -T server-metrics` shows the options",
  },
  "built for another architecture, `bash`": {
    words: "cannot execute binary file: Exec format error",
    remedy: "`--target linux-arm64`, or `linux-x64`; `uname -m` says which",
  },
  "the same, `dash`, which is Debian's `sh` and cron's": { words: "Exec format error", remedy: "the same" },
  "the same, BusyBox": { words: 'syntax error: unexpected "("', remedy: "the same" },
  "a musl system such as Alpine, `bash`": {
    words: "cannot execute: required file not found",
    remedy: "`--target linux-x64-musl`, or `linux-arm64-musl`",
  },
  "the same, other shells": { words: ": not found", remedy: "the same, if the file is there" },
  "Alpine without the C++ library": {
    words: "Error loading shared library libstdc++.so.6: No such file or directory",
    remedy: "`apk add libstdc++`",
  },
  "`/proc` is not mounted, as in a chroot made by hand": {
    words: "panic(main thread): abort() called",
    remedy: "`mount -t proc proc /proc`",
  },
  "a glibc from before 2012": {
    words: "version `GLIBC_…' not found",
    remedy: "a newer system; none of the targets runs there",
  },
  "a CPU without SSE4.2, or a virtual machine's CPU type such as `kvm64` or `qemu64`": {
    words: "Illegal instruction",
    remedy: "choose the CPU type `host`, or anything from Nehalem (2008) on",
  },
} as const satisfies Record<string, { readonly words: string; readonly remedy: string }>;
