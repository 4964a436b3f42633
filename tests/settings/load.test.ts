import { expect, test } from "bun:test";

import { loadSettings, type SettingsSources } from "../../lib/settings/load.ts";

/** A disk of these files, by path. */
function load(sources: Partial<SettingsSources> & { readonly files?: Readonly<Record<string, string | Error>> }) {
  return loadSettings({
    baked: {},
    flags: {},
    env: {},
    programFile: "/opt/server-metrics",
    isUnsafe: () => false,
    isHidden: () => false,
    readText: async (path) => {
      const text = sources.files?.[path] ?? withCode("ENOENT");
      if (text instanceof Error) throw text;
      return text;
    },
    ...sources,
  });
}

const withCode = (code: string) => Object.assign(new Error(`${code}: words of the runtime`), { code });

async function nameOf(sources: Parameters<typeof load>[0]): Promise<string | null> {
  const result = await load(sources);
  if (!result.ok) throw new Error(result.problems.join("\n"));
  return result.value.name;
}

async function problemsOf(sources: Parameters<typeof load>[0]): Promise<readonly string[]> {
  const result = await load(sources);
  return result.ok ? [] : result.problems;
}

test("the layers are defaults, baked in, file, environment, command line, and the last one wins", async () => {
  const baked = { settings: { name: "baked" } };
  const files = { "/opt/server-metrics.toml": 'name = "file"' };
  const env = { SERVER_METRICS_NAME: "environment" };
  const flags = { name: "flag" };
  expect(await nameOf({})).toBeNull();
  expect(await nameOf({ baked })).toBe("baked");
  expect(await nameOf({ baked, files })).toBe("file");
  expect(await nameOf({ baked, files, env })).toBe("environment");
  expect(await nameOf({ baked, files, env, flags })).toBe("flag");
});

test("a named file replaces the one beside the program, and --config wins over the environment", async () => {
  const files = { "/opt/server-metrics.toml": 'name = "beside"', "/e": 'name = "env"', "/f": 'name = "flag"' };
  const env = { SERVER_METRICS_CONFIG: "/e" };
  expect(await nameOf({ files, env })).toBe("env");
  expect(await nameOf({ files, env, flags: { config: "/f" } })).toBe("flag");
});

test("of the places for settings the first that has a file counts alone, and is named", async () => {
  const env = { HOME: "/home/you" };
  const places = ["/opt", "/home/you/.config/server-metrics", "/etc/server-metrics"];
  const file = (directory: string) => `${directory}/server-metrics.toml`;
  for (const first of places.keys()) {
    const files = Object.fromEntries(places.slice(first).map((place) => [file(place), `name = "${place}"`]));
    const settings = await load({ env, files });
    expect(settings).toMatchObject({ ok: true, file: file(places[first] ?? ""), value: { name: places[first] } });
  }
  const elsewhere = { "/x/server-metrics/server-metrics.toml": 'name = "xdg"' };
  expect(await nameOf({ env: { ...env, XDG_CONFIG_HOME: "/x" }, files: elsewhere })).toBe("xdg");
  expect(await load({ env })).toMatchObject({ ok: true, file: null });
});

test.each([{}, { config: "/opt/server-metrics.toml" }])(
  "root uses no settings that others may change: %j",
  async (flags) => {
    const files = { "/opt/server-metrics.toml": 'heartbeat = "http://a/"' };
    const [problem, ...more] = await problemsOf({ flags, files, isUnsafe: (path) => path.startsWith("/opt/") });
    expect(problem).toEndWith(
      "settings file /opt/server-metrics.toml may be changed by others, so root does not use it: chown root it, and chmod 600",
    );
    expect(more).toEqual([]);
  },
);

test("an empty variable means none", async () => {
  const env = { SERVER_METRICS_CONFIG: "", SERVER_METRICS_NAME: "" };
  expect(await nameOf({ env, baked: { settings: { name: "baked" } } })).toBe("baked");
});

test.each([
  ["a named file that is not there", { flags: { config: "/none" } }, "--config: settings file /none does not exist"],
  [
    "one that the environment named",
    { env: { SERVER_METRICS_CONFIG: "/none" } },
    "SERVER_METRICS_CONFIG: settings file /none does not exist",
  ],
  [
    "a file that may not be read, though nobody named it",
    { files: { "/opt/server-metrics.toml": withCode("EACCES") } },
    "settings file /opt/server-metrics.toml may not be read by this user",
  ],
  [
    "a directory",
    { flags: { config: "/etc" }, files: { "/etc": withCode("EISDIR") } },
    "--config: settings file /etc is a directory",
  ],
])("%s is a problem", async (_, sources, problem) => {
  expect(await problemsOf(sources)).toEqual([problem]);
});

test("a file that is no TOML is a problem that says where", async () => {
  const [problem] = await problemsOf({ flags: { config: "/f" }, files: { "/f": "name = = 3" } });
  expect(problem).toStartWith("settings file /f is not TOML: ");
});

test.each([
  [{ flags: { sample: "soon" } }, '--sample: expected a number of seconds from 0 to 30, got "soon"'],
  [{ flags: { sample: "-1" } }, "--sample: expected a number of seconds from 0 to 30, got -1"],
  [{ flags: { layout: "clasic" } }, '--layout: expected "card" or "classic", got "clasic"'],
  [
    { env: { SERVER_METRICS_NAME: "x".repeat(81) } },
    `SERVER_METRICS_NAME: expected a name of 1 to 80 characters, got "${"x".repeat(81)}"`,
  ],
  [
    { baked: { settings: { units: "GB" } } },
    'setting "units" in the settings baked into this program: expected "iec" or "si", got "GB"',
  ],
])("%j is refused, and the problem names its layer", async (sources, problem) => {
  expect(await problemsOf(sources)).toEqual([problem]);
});

test("a sample window is a number however it is written", async () => {
  const result = await load({ flags: { sample: "0" } });
  expect(result).toMatchObject({ ok: true, value: { sampleSeconds: 0 } });
});

test("an empty value on the command line is no value, and refused", async () => {
  expect(await problemsOf({ flags: { sample: "" } })).toHaveLength(1);
});

test("another user's HOME is passed over, but a file that is seen and may not be read is an error", async () => {
  const env = { HOME: "/root" };
  const files = {
    "/root/.config/server-metrics/server-metrics.toml": withCode("EACCES"),
    "/etc/server-metrics/server-metrics.toml": 'name = "etc"',
  };
  expect(await nameOf({ env, files, isHidden: (path) => path.startsWith("/root/") })).toBe("etc");
  expect(await problemsOf({ env, files })).toEqual([
    "settings file /root/.config/server-metrics/server-metrics.toml may not be read by this user",
  ]);
});
