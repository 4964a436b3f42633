/** What somebody who broke in may do to a Debian, and after how many minutes a look can see it. */
export const breakIns = [
  {
    name: "key",
    script: `mkdir -p /root/.ssh; echo 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGILN6GFNll6Y+x7QkadA8ykFDJdD9spHRBQ1XhHVunV mallory@laptop' >>/root/.ssh/authorized_keys`,
    minutes: 5,
  },
  { name: "user", script: "useradd -m -s /bin/bash mallory", minutes: 5 },
  { name: "sudo", script: "usermod -aG sudo mallory", minutes: 5 },
  { name: "sudoers", script: "echo 'mallory ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/mallory", minutes: 5 },
  {
    name: "unit",
    script: "printf '[Service]\\nExecStart=/opt/miner\\n' >/etc/systemd/system/miner.service",
    minutes: 5,
  },
  { name: "cron", script: "echo '* * * * * root /opt/miner' >/etc/cron.d/miner", minutes: 5 },
  {
    name: "port",
    script:
      "perl -MSocket -e 'socket(S,PF_INET,SOCK_STREAM,6);bind(S,sockaddr_in(4444,INADDR_ANY))||die;listen(S,1);sleep 9999' >/dev/null 2>&1 & sleep 1",
    minutes: 5,
  },
  { name: "preload", script: "echo /usr/local/lib/hide.so >/etc/ld.so.preload", minutes: 5 },
  {
    name: "setuid",
    script: "cp /bin/sh /usr/local/bin/rootshell; chmod 4755 /usr/local/bin/rootshell",
    minutes: 24 * 60,
  },
  { name: "program", script: "echo >>/usr/local/bin/server-metrics", minutes: 5 },
] as const;
