import { createHash } from "node:crypto";

/** A key of an authorized_keys file, `sshd(8)`. */
export interface AuthorizedKey {
  /** `ED25519`, as `ssh-keygen -l` has it. */
  readonly type: string;
  /** `SHA256:…`, as `ssh-keygen -l` prints it. The key itself is not kept. */
  readonly fingerprint: string;
  readonly comment: string;
  /** What stands before it: `command="…"`, `from="…"`. */
  readonly options: string;
}

const types = new RegExp(
  "(?:^|[ \\t])(ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp\\d+|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\\.com" +
    "|(?:ssh|ecdsa|sk)-[\\w@.-]*cert-v01@openssh\\.com)[ \\t]+([A-Za-z0-9+/]+={0,2})(?:[ \\t]+(.*))?$",
);

/** Parses an authorized_keys file. What is no key is left out. */
export function parseAuthorizedKeys(text: string): readonly AuthorizedKey[] {
  return text.split("\n").flatMap((line) => {
    const found = /^\s*(?:#|$)/.test(line) ? null : types.exec(line.trim());
    if (found === null) return [];
    const [, type = "", key = "", comment = ""] = found;
    const hash = createHash("sha256").update(Buffer.from(key, "base64")).digest("base64").replace(/=+$/, "");
    return {
      type: nameOf(type),
      fingerprint: `SHA256:${hash}`,
      comment: comment.trim(),
      options: line.trim().slice(0, found.index).trim(),
    };
  });
}

function nameOf(type: string): string {
  const [, name = type] = /(rsa|dss|ed25519|ecdsa)/.exec(type) ?? [];
  return name === "dss" ? "DSA" : name.toUpperCase();
}
