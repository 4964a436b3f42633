import { expect, test } from "bun:test";

import { loadSettings, type SettingsSources } from "../../lib/settings/load.ts";

/** A disk of these files, by path. */
function load(sources: Partial<SettingsSources> & { readonly files?: Readonly<Record<string, string | Error>> }) {
  return loadSettings({
    baked: {},
    flags: {},
    env: {},
    programFile: "/opt/server-metrics",
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
