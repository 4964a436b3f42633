import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A key and a certificate of its own, in PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

const period = {
  valid: ["20200101000000Z", "20991231000000Z"],
  expired: ["20200101000000Z", "20200201000000Z"],
  "not yet valid": ["20980101000000Z", "20991231000000Z"],
} as const;

/** A period that ends so many days from now. */
interface Days {
  readonly days: number;
}

function periodOf(when: keyof typeof period | Days): readonly [string, string] {
  if (typeof when === "string") return period[when];
  const end = new Date(Date.now() + when.days * 24 * 60 * 60 * 1000).toISOString();
  return [period.valid[0], end.replace(/\.\d+/, "").replace(/[-:T]/g, "")];
}

/** Makes a self-signed certificate for `name` (`DNS:…` or `IP:…`), a throw-away: no key is kept in the repository. */
export function selfSigned(name = "IP:127.0.0.1", when: keyof typeof period | Days = "valid"): Certificate {
  const directory = mkdtempSync(join(tmpdir(), "certificate-"));
  const run = (...args: string[]) => {
    const { exitCode, stderr } = Bun.spawnSync(["openssl", ...args], { cwd: directory, stderr: "pipe" });
    if (exitCode !== 0) throw new Error(`openssl ${args[0]}: ${stderr.toString()}`);
  };
  try {
    writeFileSync(join(directory, "index"), "");
    writeFileSync(join(directory, "serial"), "01");
    writeFileSync(join(directory, "conf"), configuration(name));
    run(
      "req",
      "-new",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-config",
      "conf",
      "-subj",
      "/CN=t",
      "-keyout",
      "key",
      "-out",
      "csr",
    );
    const [from, to] = periodOf(when);
    const sign = ["ca", "-batch", "-config", "conf", "-selfsign", "-keyfile", "key", "-in", "csr", "-out", "cert"];
    run(...sign, "-notext", "-startdate", from, "-enddate", to);
    const read = (file: string) => readFileSync(join(directory, file), "utf8");
    return { key: read("key"), cert: read("cert") };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function configuration(name: string): string {
  return `[ca]
default_ca = this
[this]
database = index
serial = serial
new_certs_dir = .
default_md = sha256
policy = policy
x509_extensions = extensions
[policy]
commonName = supplied
[extensions]
subjectAltName = ${name}
[req]
distinguished_name = policy
`;
}
