import { expect, test } from "bun:test";

import { nginxCertificates, variable, yamlValue } from "../../lib/suggest/files.ts";
import { asToml, withTables } from "../../lib/suggest/table.ts";
import { parseToml } from "../../lib/settings/problems.ts";

const misskey = `# url: https://wrong.example
url: https://post.example.net/   # final
port: 3000
db:
  host: localhost
  db: misskey
  pass: 'a # b'
redis:
  host: localhost
  port: 6380
  #prefix: no
redisForJobQueue:
  host: 10.0.0.2
list: [a]
`;

test.each([
  ["url", "https://post.example.net/"],
  ["port", "3000"],
  ["db.db", "misskey"],
  ["db.pass", null],
  ["redis.port", "6380"],
  ["redis.prefix", null],
  ["redisForJobQueue.host", "10.0.0.2"],
  ["redisForJobQueue.port", null],
  ["host", null],
  ["list", null],
])("in YAML %p is %p", (name, expected) => {
  // A comment may cut a quoted text, and what is left is no word.
  expect(yamlValue(misskey, name) ?? null).toBe(expected);
});

test("variables and certificates are found", () => {
  expect(variable("A=1\nexport LOCAL_DOMAIN='a.example'\nB=\n", "LOCAL_DOMAIN")).toBe("a.example");
  expect(variable("A=1\nB=\n", "B")).toBeNull();
  expect(variable("LOCAL_DOMAIN_X=1\n", "LOCAL_DOMAIN")).toBeNull();
  const text = `ssl_certificate /a/b.pem;\n  ssl_certificate "/c d.pem";\nssl_certificate $x;\n#ssl_certificate /no.pem;
  ssl_certificate_key /k.pem;\nssl_certificate /a/b.pem;`;
  expect(nginxCertificates(text)).toEqual(["/a/b.pem"]);
});

test("what is written is read back, whatever is in it", () => {
  const values = {
    name: 'a "b" \\ \u007f \u202e \u{E0001} é',
    run: ["/bin/x", "a\nb", "\t"],
    headers: { "X-A b": "c" },
    warning: 0.5,
  };
  const toml = asToml({ kind: "probe", values });
  expect(toml).not.toMatch(/[\u007f\u202e]/);
  expect(parseToml(withTables("name = 'a'", [toml]))).toEqual({ ok: true, value: { name: "a", probe: [values] } });
  expect(parseToml(withTables("", [toml, toml]))).toMatchObject({ value: { probe: [values, values] } });
});
