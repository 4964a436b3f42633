import { expect, test } from "bun:test";

import { reboot } from "../../lib/metrics/reboot.ts";
import { Unavailable } from "../../lib/model/host.ts";
import { collectOne, describeOne, observeOne } from "../support/measure.ts";

const debian = { "/etc/debian_version": "12.7\n", "/etc/apt/sources.list": "" };
const flag = "*** System restart required ***\n";

test("on Debian the absent file means no", async () => {
  const now = await collectOne(reboot, { files: debian });
  expect(now).toEqual({ required: false, packages: [] });
  expect(observeOne(reboot, now)).toEqual({ reboot_required: 0 });
  expect(describeOne(reboot, now)).toMatchObject([{ lines: ["no package asks for one"], importance: "detail" }]);
});

test.each([
  ["without debian_version", { "/etc/apt/sources.list": "" }],
  ["without apt", { "/etc/debian_version": "12.7\n" }],
  ["with nothing at all", {}],
])("a machine %s does not say", (_what, files) => {
  expect(collectOne(reboot, { files })).rejects.toBeInstanceOf(Unavailable);
});

test("the file means yes, with the packages each once", async () => {
  const packages = "linux-image-6.8.0-45-generic\nlinux-base\nlibc6\nlinux-base\n";
  const files = { ...debian, "/run/reboot-required": flag, "/run/reboot-required.pkgs": packages };
  const now = await collectOne(reboot, { files });
  expect(observeOne(reboot, now)).toEqual({ reboot_required: 1 });
  expect(describeOne(reboot, now)).toEqual([
    {
      label: "Reboot required",
      lines: ["for linux-image-6.8.0-45-generic, linux-base, libc6"],
      importance: "notable",
      about: ["reboot_required"],
    },
  ]);
});

test("an empty file without a list means yes too, even where nobody would expect it", async () => {
  const now = await collectOne(reboot, { files: { "/run/reboot-required": "" } });
  expect(now).toEqual({ required: true, packages: [] });
  expect(describeOne(reboot, now)).toMatchObject([{ lines: ["an update waits for it"], importance: "notable" }]);
});

test("of many packages three are named", () => {
  const packages = ["a", "b", "c", "d", "e"];
  expect(describeOne(reboot, { required: true, packages })[0]?.lines).toEqual(["for a, b, c, +2 more"]);
});

test("a file that cannot be read is a failure, not a no", () => {
  const files = { ...debian, "/run/reboot-required": new Error("EIO") };
  expect(collectOne(reboot, { files })).rejects.toThrow("EIO");
});
