import { send } from "../../lib/deliver/request.ts";
import { selfSigned } from "../support/certificate.ts";
import { fakeDiscord } from "../support/fakeDiscord.ts";
import { hello, sendDeps } from "../support/sending.ts";
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { lacking, openssl } from "../support/programNeeds.ts";

const sender = join(import.meta.dir, "../support/sendOnce.ts");

/** Sends from another process, whose environment can be set before Bun reads it. */
async function sendFromChild(webhookUrl: string, env: Readonly<Record<string, string>>): Promise<unknown> {
  const command = [process.execPath, sender, webhookUrl];
  const child = Bun.spawn(command, { env: { ...env }, stdout: "pipe", stderr: "pipe" });
  const [outcome, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  if (outcome === "") throw new Error(stderr);
  return JSON.parse(outcome);
}

const withoutOpenssl = lacking(openssl);

describe.skipIf(withoutOpenssl !== "")(`a certificate that is not valid stops the message:${withoutOpenssl}`, () => {
  test.each([
    ["self-signed", "valid" as const, "the certificate is not valid: its issuer is not trusted"],
    ["expired", "expired" as const, "the certificate is not valid any more: set this machine's clock"],
    ["early", "not yet valid" as const, "the certificate is not valid yet: set this machine's clock"],
  ])("%s", async (_, when, reason) => {
    await using discord = await fakeDiscord(selfSigned("IP:127.0.0.1", when));
    expect(await send(hello, sendDeps(discord.webhookUrl))).toEqual({
      kind: "retry",
      reason: expect.stringContaining(reason),
      ambiguous: false,
    });
    expect(discord.requests).toHaveLength(0);
  });

  test("even where NODE_TLS_REJECT_UNAUTHORIZED says otherwise", async () => {
    await using discord = await fakeDiscord(selfSigned());
    const outcome = await sendFromChild(discord.webhookUrl, { NODE_TLS_REJECT_UNAUTHORIZED: "0" });
    expect(outcome).toMatchObject({ kind: "retry", ambiguous: false });
    expect(discord.requests).toHaveLength(0);
  });
});

describe.skipIf(withoutOpenssl !== "")(
  `a certificate of an authority that the machine was told to trust${withoutOpenssl}`,
  () => {
    test("delivers", async () => {
      const certificate = selfSigned();
      await using discord = await fakeDiscord(certificate);
      await using file = await temporaryFile(certificate.cert);
      const outcome = await sendFromChild(discord.webhookUrl, { NODE_EXTRA_CA_CERTS: file.path });
      expect(outcome).toMatchObject({ kind: "delivered" });
      expect(discord.messages).toEqual([hello.body]);
    });

    test("delivers once, where only the system's store has it", async () => {
      const certificate = selfSigned();
      await using discord = await fakeDiscord(certificate);
      await using file = await temporaryFile(certificate.cert);
      const outcome = await sendFromChild(discord.webhookUrl, { SSL_CERT_FILE: file.path });
      expect(outcome).toMatchObject({ kind: "delivered" });
      expect(discord.requests).toHaveLength(1);
      expect(discord.messages).toEqual([hello.body]);
    });

    test("does not, for another host", async () => {
      const certificate = selfSigned("DNS:other.example");
      await using discord = await fakeDiscord(certificate);
      await using file = await temporaryFile(certificate.cert);
      const outcome = await sendFromChild(discord.webhookUrl, { NODE_EXTRA_CA_CERTS: file.path });
      const reason = "the certificate is not valid: it belongs to another host";
      expect(outcome).toEqual({ kind: "retry", reason: expect.stringContaining(reason), ambiguous: false });
    });
  },
);

async function temporaryFile(text: string): Promise<AsyncDisposable & { readonly path: string }> {
  const path = join(process.env["TMPDIR"] ?? "/tmp", `${crypto.randomUUID()}.pem`);
  await Bun.write(path, text);
  return { path, [Symbol.asyncDispose]: () => Bun.file(path).delete() };
}
