/** What happens on a server by itself, as it was recorded: none of it is loud. README.md says how. */
import { expect, test } from "bun:test";

import { readSequence } from "./captureSequence.ts";
import type { Answers } from "./recording.ts";
import { replay } from "./replay.ts";
import { type SequenceName, sequenceNames } from "./sequenceScripts.ts";

/** What is found in a sequence, in short. */
async function foundIn(name: SequenceName, added?: Parameters<typeof replay>[1]): Promise<readonly string[]> {
  const told = await replay(readSequence(name), added);
  return told.flatMap(({ found }) =>
    found.map(({ isLoud, kind, action, subject, by }) =>
      [isLoud ? "LOUD" : "quiet", kind, action, subject, by].filter((part) => part !== null && part !== "").join(" "),
    ),
  );
}

const isLoud = (line: string) => line.startsWith("LOUD");

test("certbot renews, by way of nginx and while nginx is stopped: nothing is told", async () => {
  expect(await foundIn("certbot")).toEqual([]);
});

test("kernels are installed, booted and removed: packages, a reboot and an address are told quietly", async () => {
  expect(await foundIn("kernel")).toEqual([
    "quiet unit added kmod kmod",
    "quiet unit added systemd-udev-settle.service udev",
    "quiet package added linux-image-6.1.0-50-amd64",
    "quiet package changed linux-image-amd64",
    "quiet package added linux-image-6.1.0-56-amd64",
    "quiet address removed 203.0.113.5",
    "quiet reboot changed",
    "quiet address added 203.0.113.5",
    "quiet package removed linux-image-6.1.0-50-amd64",
  ]);
});

test("containers are deployed, replaced, rolled back and removed: a port is of docker-proxy", async () => {
  expect(await foundIn("docker")).toEqual([
    "quiet unit added containerd.service containerd",
    "quiet unit added docker docker.io",
    "quiet unit added docker.service docker.io",
    "quiet unit added docker.socket docker.io",
    "quiet package added containerd",
    "quiet port added 8080/tcp docker-proxy",
    "quiet port added 8081/tcp docker-proxy",
  ]);
});

/** Somebody adds a key between the last look but one and the last. */
function withKey(name: SequenceName) {
  const last = readSequence(name).length - 1;
  let look = -1;
  return (answers: Answers): Answers => {
    look += 1;
    if (look < last) return answers;
    const blob = Buffer.from(`\0\0\0\x0bssh-ed25519\0\0\0 ${"k".repeat(32)}`, "latin1").toString("base64");
    const stamps = { "stamp /root/.ssh": "new", "stamp /root/.ssh/authorized_keys": "new" };
    return { ...answers, ...stamps, "file /root/.ssh/authorized_keys": `ssh-ed25519 ${blob} mallory@laptop\n` };
  };
}

test.each(sequenceNames)("a key that somebody adds at the end of %s is loud, and nothing else", async (name) => {
  expect((await foundIn(name, withKey(name))).filter(isLoud)).toEqual(["LOUD key added root"]);
});
