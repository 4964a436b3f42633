import { expect } from "bun:test";

import { testWith } from "../../support/needs.ts";
import { openLife } from "./life.ts";
import { serveSocket, startRedis } from "./servers.ts";

const id = "0123456789abcdef".repeat(4);

/** A stand-in for Docker's client: what it would run in the container it runs here, while that is there. */
const docker = `#!/bin/sh
[ "$1 $2" = "exec mk-redis-1" ] || exit 125
[ -e /run/is-up ] || { echo "Error response from daemon: container mk-redis-1 is not running" >&2; exit 1; }
shift 2
exec "$@"
`;

testWith(
  "redis-server",
  "redis-cli",
  "ip",
)(
  "Redis in a container is asked by docker exec, and its container that stopped is told, and that it is over",
  async () => {
    await using life = await openLife();
    await startRedis(life);
    // The kernel's word that its process is in a container; a real one would need an engine.
    await life.shell(`pid=$(redis-cli info server | sed -n 's/^process_id:\\([0-9]*\\).*/\\1/p')
echo '0::/system.slice/docker-${id}.scope' >$W/cgroup; mount --bind $W/cgroup /proc/$pid/cgroup
mount -t tmpfs -o mode=755 tmpfs /usr/local/bin; printf %s '${docker}' >/usr/local/bin/docker
chmod 755 /usr/local/bin/docker; touch /run/is-up`);
    await serveSocket(life, "/run/docker.sock", {
      "GET /containers/json": [{ Id: id, Names: ["/mk-redis-1"], State: "running", Status: "Up 2 hours" }],
    });
    const toml = await life.adopt();
    expect(toml).toContain("# Redis, Valkey: container mk-redis-1\n");
    expect(toml).toContain(
      '\nname = "Redis memory"\nrun = ["/usr/local/bin/docker", "exec", "mk-redis-1", "redis-cli", "-p", "6379", ',
    );
    await life.shell("rm /run/is-up");
    await life.tells("Redis memory: Error response from daemon: container mk-redis-1 is not running");
    await life.shell("touch /run/is-up");
    await life.tells("Redis memory recovered");
  },
);
