import { expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { run, temporaryDirectory } from "../support/project.ts";

/** An apt whose every package is a tar file with a program, and which notes what it is asked. */
const apt = {
  "apt-config": "exit 0",
  "apt-cache": `for name; do printf '%s:\\n  Installed: (none)\\n  Candidate: 1\\n' "$name"; done`,
  "apt-get": `
echo "$*" >>"\${0%/*}/asked"
archives=$(sed -n 's/^Dir::Cache::archives "\\(.*\\)";/\\1/p' "$APT_CONFIG")
case "$*" in
*install*)
  mkdir -p "$archives/usr/bin"
  printf '#!/bin/sh\\necho works\\n' >"$archives/usr/bin/tmux"
  chmod 755 "$archives/usr/bin/tmux"
  tar -c -C "$archives" -f "$archives/tmux_1.deb" ./usr ;;
esac`,
  "dpkg-deb": 'cat "$2"',
  // Of a program without a loader.
  patchelf: "exit 1",
};

/** A machine with nothing but a shell and some programs of ours; fetches what the tests need. */
function machine(programs: Readonly<Record<string, string>>) {
  const directory = temporaryDirectory();
  const bin = join(directory.path, "bin");
  mkdirSync(bin);
  for (const name of ["sh", "tar", "cat", "sed", "mkdir", "chmod", "timeout"]) {
    symlinkSync(Bun.which(name) ?? name, join(bin, name));
  }
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const cache = join(directory.path, "cache dir/server-metrics-tests");
  const asked = join(bin, "asked");
  return {
    fetch: async () => {
      const command = [process.execPath, "--no-env-file", join(import.meta.dir, "fetch.ts")];
      return run(command, { env: { PATH: bin, XDG_CACHE_HOME: join(directory.path, "cache dir") } });
    },
    asked: () => (existsSync(asked) ? readFileSync(asked, "utf8").trim().split("\n") : []),
    cached: () => readdirSync(cache).filter((name) => !/^(apt|tried)/.test(name)),
    [Symbol.dispose]: directory[Symbol.dispose],
  };
}

test("what is missing is fetched once, and runs from where it is", async () => {
  using here = machine(apt);
  const { stdout, stderr, status } = await here.fetch();
  expect(status).toBe(0);
  expect(stderr).toMatch(/^Fetching \d+ Debian packages into .*, once; nothing is installed\.\n/);
  const [root = ""] = stdout.trim().split(":");
  expect((await run([join(root, "programs/tmux")])).stdout).toBe("works\n");
  expect(here.cached()).toHaveLength(1);
  expect(here.asked().join("\n")).toMatch(/ update\n.* --download-only install .*\btmux\b/);

  const before = here.asked().length;
  expect((await here.fetch()).stdout).toBe(stdout);
  expect(here.asked()).toHaveLength(before);
});

test("without a network it says so, leaves nothing behind, and tries again", async () => {
  const offline = 'echo x >>"${0%/*}/asked"; echo "E: Could not resolve host" >&2; exit 100';
  using here = machine({ ...apt, "apt-get": offline, "apt-cache": "exit 0" });
  const { stdout, stderr, status } = await here.fetch();
  expect([stdout, status]).toEqual(["\n", 0]);
  expect(stderr).toMatch(/\nNot to be had, so some tests are skipped: .*\btmux\b.*\. Could not resolve host\n$/);
  expect(here.cached()).toEqual([]);
  await here.fetch();
  expect(here.asked()).toHaveLength(2);
});

test("what breaks off is not used", async () => {
  using here = machine({ ...apt, "dpkg-deb": "echo broken >&2; exit 2" });
  const { stdout, stderr, status } = await here.fetch();
  expect([stdout, status]).toEqual(["\n", 0]);
  expect(stderr).toContain("could not be unpacked");
  expect(here.cached()).toEqual([]);
});

test("without apt it says so", async () => {
  using here = machine({});
  const { stdout, stderr, status } = await here.fetch();
  expect([stdout, status]).toEqual(["\n", 0]);
  expect(stderr).toMatch(/^Not to be had, so some tests are skipped: .*\. there is no apt here\n$/);
});
