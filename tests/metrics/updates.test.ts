import { expect, test } from "bun:test";

import { parseUpgrade, updates } from "../../lib/metrics/updates.ts";
import { Unavailable } from "../../lib/model/host.ts";
import { defaultConfig, describeOne, observeOne } from "../support/measure.ts";
import { testHost } from "../support/testHost.ts";

const upgrade = `NOTE: This is only a simulation!
Inst base-files [12.4+deb12u11] (12.4+deb12u15 Debian:12.15/oldstable [amd64])
Conf base-files (12.4+deb12u15 Debian:12.15/oldstable [amd64])
Inst libgcrypt20 [1.10.1-3] (1.10.1-3+deb12u1 Debian:12.15/oldstable, Debian-Security:12/oldstable-security [amd64]) []
`;

const asked = { ...defaultConfig, updates: true };

test("packages that wait are counted, and those of a security archive named", async () => {
  const host = testHost({ run: { "apt-get -s upgrade": upgrade } });
  const value = await updates.collect(host, asked);
  expect(value).toEqual({ packages: ["base-files", "libgcrypt20"], securityPackages: ["libgcrypt20"] });
  expect(observeOne(updates, value)).toEqual({ updates_pending: 2, updates_security_pending: 1 });
  expect(describeOne(updates, value)[0]?.lines).toEqual(["2 available", "security: libgcrypt20"]);
});

test("a machine that is up to date has none", () => {
  expect(describeOne(updates, parseUpgrade(""))[0]?.lines).toEqual(["none"]);
});

test("where there is no apt there is nothing to be asked", () => {
  expect(updates.collect(testHost({}), defaultConfig)).rejects.toBeInstanceOf(Unavailable);
});

test("show asks where the settings say so", () => {
  expect(updates.errand?.inShow(asked)).toBe(true);
  expect(updates.errand?.inShow(defaultConfig)).toBe(false);
});
