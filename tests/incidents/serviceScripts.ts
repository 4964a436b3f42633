import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { selfSigned } from "../support/certificate.ts";
import type { Scripts } from "./stage.ts";

const dayMs = 86_400_000;

/** What no longer does what it is there for. */
export const serviceScripts: Scripts = {
  loopingUnit: {
    play: async (stage) => {
      let restarts = 0;
      const unit = () =>
        [
          "Id=flaky.service",
          "LoadState=loaded",
          "ActiveState=active",
          "SubState=running",
          "UnitFileState=enabled",
          "Result=success",
          `NRestarts=${restarts}`,
          "ExecMainStartTimestampMonotonic=1000000",
        ].join("\n");
      stage.pretend((host) => ({
        list: async (path) => (path === "/run/systemd/system" ? ["basic.target"] : host.list(path)),
        run: async (program, args, limits) =>
          program === "systemctl" ? `${unit()}\n` : host.run(program, args, limits),
      }));
      await stage.report(0);
      await stage.report();
      stage.faked["loadavg"] = (real) => {
        // Once a look.
        restarts += 7;
        return real;
      };
      return stage.firstAlert("restarting");
    },
  },
  stuckQueue: {
    play: async (stage) => {
      stage.shell(
        `mount -t tmpfs -o mode=755 tmpfs /srv; printf '#!/bin/sh\\ncat /srv/count\\n' >/srv/queue; chmod 755 /srv/queue; echo 3 >/srv/count`,
      );
      stage.settings(`[[probe]]\nname = "Inbox queue"\nrun = ["/srv/queue"]\nwarning = 500\n`);
      await stage.report(0);
      await stage.report();
      stage.shell("echo 812 >/srv/count");
      return stage.firstAlert("queue");
    },
  },
  expiredCertificate: {
    play: async (stage) => {
      using server = Bun.serve({
        port: 0,
        tls: selfSigned("IP:127.0.0.1", "expired"),
        fetch: () => new Response("hello"),
      });
      stage.settings(`[[http]]\nname = "blog"\nurl = "https://127.0.0.1:${server.port}/"\n`);
      return await stage.firstAlert("blog");
    },
  },
  missedBackup: {
    play: async (stage) => {
      const jobs = join(stage.directory, "state/jobs");
      mkdirSync(jobs, { recursive: true });
      const startedAt = (night: number) => Date.now() - night * dayMs;
      const nights = Array.from({ length: 14 }, (_, index) => 16 - index);
      const runs = nights.map((night) => ({
        startedAt: startedAt(night),
        endedAt: startedAt(night) + 60_000,
        exit: 0,
      }));
      writeFileSync(join(jobs, "pg_dump.json"), JSON.stringify({ job: "pg_dump", runs, lastLines: [] }));
      return stage.firstAlert("pg_dump");
    },
  },
  brokenDns: {
    play: async (stage) => {
      stage.shell(`echo "nameserver 127.0.0.1" >"$W/resolv.conf"; mount --bind "$W/resolv.conf" /etc/resolv.conf`);
      stage.settings(`[[http]]\nname = "blog"\nurl = "http://post.example.net/"\n`);
      return stage.firstAlert("blog");
    },
  },
  deadEngine: {
    play: async (stage) => {
      stage.shell("mount -t tmpfs tmpfs /run");
      const serve = 'Bun.serve({ unix: "/run/docker.sock", fetch: () => Response.json([]) })';
      const engine = Bun.spawn([process.execPath, "-e", serve], { stdout: "ignore", stderr: "ignore" });
      stage.shell("timeout 20 sh -c 'until [ -S /run/docker.sock ]; do sleep 0.1; done'");
      await stage.report(0);
      await stage.report();
      // Killed, it leaves its socket behind.
      engine.kill("SIGKILL");
      await engine.exited;
      return stage.firstAlert("ontainer");
    },
  },
};
