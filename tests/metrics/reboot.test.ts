import { expect, test } from "bun:test";

import { reboot } from "../../lib/metrics/reboot.ts";
import { Unavailable } from "../../lib/model/host.ts";
import { collectOne, describeOne, observeOne } from "../support/measure.ts";

const hook = { "/etc/kernel/postinst.d/unattended-upgrades": "" };
const flag = "*** System restart required ***\n";

test.each([
  ["/etc/kernel/postinst.d/unattended-upgrades"],
  ["/etc/kernel/postinst.d/update-notifier"],
  ["/etc/kernel/postinst.d/reboot-notifier"],
  ["/usr/share/update-notifier/notify-reboot-required"],
])("where %s would write the file, its absence means no", async (writer) => {
  const now = await collectOne(reboot, { files: { [writer]: "" } });
  expect(now).toEqual({ required: false, packages: [], nextKernel: null });
  expect(observeOne(reboot, now)).toEqual({ reboot_required: 0 });
  expect(describeOne(reboot, now)).toMatchObject([{ lines: ["not needed"], importance: "detail" }]);
});

test.each([
  ["Debian without a package that writes the file", { "/etc/debian_version": "12.7\n", "/etc/apt/sources.list": "" }],
  ["with nothing at all", {}],
])("a machine %s does not say", (_what, files) => {
  expect(collectOne(reboot, { files })).rejects.toBeInstanceOf(Unavailable);
});

const kernels = (running: string, installed: readonly string[]) => ({
  proc: { "sys/kernel/osrelease": `${running}\n` },
  dirs: { "/lib/modules": installed, "/boot": installed.map((release) => `vmlinuz-${release}`) },
});

test("a newer kernel on disk means yes, whatever packages say", async () => {
  const machine = kernels("6.1.0-18-amd64", ["6.1.0-18-amd64", "6.1.0-20-amd64"]);
  for (const files of [{}, hook]) {
    const now = await collectOne(reboot, { ...machine, files });
    expect(observeOne(reboot, now)).toEqual({ reboot_required: 1 });
    expect(describeOne(reboot, now)).toMatchObject([
      { label: "Reboot needed", lines: ["kernel 6.1.0-20-amd64 installed"], importance: "notable" },
    ]);
  }
});

test("the newest kernel on disk that runs means no, without any package that would ask", async () => {
  const now = await collectOne(reboot, kernels("6.1.0-20-amd64", ["6.1.0-18-amd64", "6.1.0-20-amd64"]));
  expect(observeOne(reboot, now)).toEqual({ reboot_required: 0 });
});

// bkbilly/lnxlink#242
test("a kernel that was pinned is the one that a reboot would start", async () => {
  const machine = kernels("6.17.13-7-pve", ["6.17.13-7-pve", "7.0.2-2-pve"]);
  const nextOf = async (files: Readonly<Record<string, string>>) =>
    (await collectOne(reboot, { ...machine, files })).nextKernel;
  expect(await nextOf({})).toBe("7.0.2-2-pve");
  expect(await nextOf({ "/etc/kernel/proxmox-boot-pin": "6.17.13-7-pve\n" })).toBeNull();
  expect(
    await nextOf({ "/etc/kernel/proxmox-boot-pin": "6.17.13-7-pve\n", "/etc/kernel/next-boot-pin": "" }),
  ).toBeNull();
  expect(await nextOf({ "/etc/kernel/next-boot-pin": "6.14.11-5-pve\n" })).toBe("6.14.11-5-pve");
});

test("a container starts no kernel, whatever lies on its disk", () => {
  const machine = kernels("6.1.0-18-amd64", ["6.1.0-20-amd64"]);
  expect(collectOne(reboot, { ...machine, files: { "/run/systemd/container": "lxc" } })).rejects.toBeInstanceOf(
    Unavailable,
  );
});

test("the file means yes, with the packages each once", async () => {
  const packages = "linux-image-6.8.0-45-generic\nlinux-base\nlibc6\nlinux-base\n";
  const files = { ...hook, "/run/reboot-required": flag, "/run/reboot-required.pkgs": packages };
  const now = await collectOne(reboot, { files });
  expect(observeOne(reboot, now)).toEqual({ reboot_required: 1 });
  expect(describeOne(reboot, now)).toEqual([
    {
      label: "Reboot needed",
      lines: ["for linux-image-6.8.0-45-generic, linux-base, libc6"],
      importance: "notable",
      about: ["reboot_required", "reboot_waiting_days"],
      news: "reboot needed",
    },
  ]);
});

test("an empty file without a list means yes too, even where nobody would expect it", async () => {
  const now = await collectOne(reboot, { files: { "/run/reboot-required": "" } });
  expect(now).toEqual({ required: true, packages: [], nextKernel: null });
  expect(describeOne(reboot, now)).toMatchObject([{ lines: ["to finish an update"], importance: "notable" }]);
});

test("of many packages three are named", () => {
  const packages = ["a", "b", "c", "d", "e"];
  expect(describeOne(reboot, { required: true, packages, nextKernel: null })[0]?.lines).toEqual([
    "for a, b, c and 2 more",
  ]);
});

test("a file that cannot be read is a failure, not a no", () => {
  const files = { ...hook, "/run/reboot-required": new Error("EIO") };
  expect(collectOne(reboot, { files })).rejects.toThrow("EIO");
});
