import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Certificate } from "../support/certificate.ts";

/** A chain of three, as a public site has one; `root` is the file of the authority, which is to be trusted. */
export function makeChain(directory: string): Certificate & { readonly root: string } {
  mkdirSync(directory, { recursive: true });
  const at = (name: string) => join(directory, name);
  const openssl = (...args: readonly string[]) => {
    const { exitCode, stderr } = Bun.spawnSync(["openssl", ...args], { cwd: directory, stderr: "pipe" });
    if (exitCode !== 0) throw new Error(`openssl ${args[0]}: ${stderr.toString()}`);
  };
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout"];
  openssl("req", "-x509", ...key, "root.key", "-subj", "/CN=root", "-days", "9999", "-out", "root.pem");
  const sign = (name: string, by: string, extension: string) => {
    writeFileSync(at("extension"), extension);
    openssl("req", "-new", ...key, `${name}.key`, "-subj", `/CN=${name}`, "-out", "request");
    const issuer = ["-CA", `${by}.pem`, "-CAkey", `${by}.key`, "-CAcreateserial", "-days", "9999"];
    openssl("x509", "-req", "-in", "request", ...issuer, "-extfile", "extension", "-out", `${name}.pem`);
  };
  sign("middle", "root", "basicConstraints=critical,CA:TRUE\n");
  sign("leaf", "middle", "subjectAltName=IP:127.0.0.1\n");
  const read = (name: string) => readFileSync(at(name), "utf8");
  return {
    key: read("leaf.key"),
    cert: read("leaf.pem") + read("middle.pem") + read("root.pem"),
    root: at("root.pem"),
  };
}
