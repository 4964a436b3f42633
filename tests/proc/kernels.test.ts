import { expect, test } from "bun:test";

import { findNextKernel } from "../../lib/proc/kernels.ts";

const bootOf = (releases: readonly string[]) => releases.flatMap((one) => [`vmlinuz-${one}`, `initrd.img-${one}`]);

test.each([
  ["Debian", "6.1.0-9-amd64", "6.1.0-18-amd64"],
  ["Debian 13", "6.12.41+deb13-amd64", "6.12.48+deb13-amd64"],
  ["Ubuntu", "5.15.0-91-generic", "6.5.0-14-generic"],
  ["Proxmox", "6.5.11-8-pve", "6.8.4-2-pve"],
  ["RHEL", "5.14.0-362.8.1.el9_3.x86_64", "5.14.0-427.13.1.el9_4.x86_64"],
  ["Fedora", "6.6.9-200.fc39.x86_64", "6.6.14-100.fc40.x86_64"],
  ["SUSE", "6.4.0-150600.21-default", "6.4.0-150600.23.7-default"],
  ["Amazon", "6.1.79-99.167.amzn2023.x86_64", "6.1.82-99.168.amzn2023.x86_64"],
])("a newer kernel beside the running one is found: %s", (_distribution, running, newer) => {
  const both = [running, newer];
  expect(findNextKernel(running, both, bootOf(both))).toBe(newer);
  expect(findNextKernel(newer, both, bootOf(both))).toBeNull();
});

test.each([
  ["Arch", "6.7.4-arch1-1", "6.7.5-arch2-1", ["vmlinuz-linux"]],
  ["Alpine", "6.6.14-0-lts", "6.6.21-0-lts", ["vmlinuz-lts"]],
  ["Raspbian", "6.1.21-v8+", "6.6.31-v8+", ["kernel8.img"]],
])("a kernel that was replaced where it lay is found: %s", (_distribution, running, there, boot) => {
  expect(findNextKernel(running, [there], boot)).toBe(there);
  expect(findNextKernel(there, [there], boot)).toBeNull();
});

test("kernels of another flavour say nothing: a second one for other boards, a host's, a provider's", () => {
  expect(findNextKernel("6.1.21-v7+", ["6.1.21+", "6.1.21-v7+", "6.1.21-v8+"], [])).toBeNull();
  expect(findNextKernel("6.5.11-8-pve", ["6.1.0-18-amd64"], [])).toBeUndefined();
  expect(findNextKernel("6.18.44", ["6.1.0-18-amd64", "6.1.0-20-amd64"], [])).toBeUndefined();
  expect(findNextKernel("6.1.10-x86_64-linode159", [], [])).toBeUndefined();
});

test.each([
  [
    "liske/needrestart#111: a second kernel of another kind, newer and not wanted",
    "4.13.0-38-generic",
    ["4.13.0-38-generic", "4.15.0-15.1-liquorix-amd64"],
    ["vmlinuz-4.13.0-38-generic", "vmlinuz-4.15.0-15.1-liquorix-amd64"],
  ],
  [
    "liske/needrestart#49: an image of the initial RAM disk is no kernel",
    "4.8.5-un-def-alt1",
    ["4.8.5-un-def-alt1"],
    ["vmlinuz-4.8.5-un-def-alt1", "initrd-4.8.5-un-def-alt1.img"],
  ],
  [
    "PatchMon/PatchMon#562: the older one is kept",
    "6.8.0-88-generic",
    ["6.8.0-87-generic", "6.8.0-88-generic"],
    ["vmlinuz-6.8.0-87-generic", "vmlinuz-6.8.0-88-generic"],
  ],
])("nothing waits for a reboot: %s", (_source, running, installed, boot) => {
  expect(findNextKernel(running, installed, boot)).toBeNull();
});

test("modules that a removed kernel left behind are no kernel", () => {
  const installed = ["6.1.0-18-amd64", "6.1.0-22-amd64"];
  expect(findNextKernel("6.1.0-18-amd64", installed, bootOf(["6.1.0-18-amd64"]))).toBeNull();
});

test("the running kernel's package may be gone before the reboot", () => {
  expect(findNextKernel("6.1.0-9-amd64", ["6.1.0-18-amd64"], bootOf(["6.1.0-18-amd64"]))).toBe("6.1.0-18-amd64");
});
