import { createServer } from "node:net";
import { join } from "node:path";

import { selfSigned } from "../support/certificate.ts";
import { fakeDiscord } from "../support/fakeDiscord.ts";
import { openNamespace } from "../support/namespace.ts";
import { namespaces } from "../support/needs.ts";
import { openssl } from "../support/programNeeds.ts";
import { temporaryDirectory } from "../support/project.ts";
import { discordWebhook, type Provocations, said } from "./provoke.ts";

/** Without a network; the webhook's host may be an address. */
async function alone(host: string): Promise<string> {
  await using namespace = await openNamespace({ network: true });
  const environment = {
    DISCORD_WEBHOOK_URL: discordWebhook.replace("discord.com", host),
    SERVER_METRICS_ALLOW_HOST: host,
  };
  return await said(environment, { prefix: namespace.enter([]) });
}

const behind = async (proxy: string) => said({ DISCORD_WEBHOOK_URL: discordWebhook, HTTPS_PROXY: proxy });

/** A proxy that answers everything with this status; `scheme` is what HTTPS_PROXY takes it for. */
async function behindProxy(scheme: string, status: string): Promise<string> {
  const server = createServer((socket) => {
    socket
      .on("error", () => undefined)
      .once("data", () => socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  try {
    return await behind(`${scheme}://127.0.0.1:${typeof address === "object" ? address?.port : ""}`);
  } finally {
    server.close();
  }
}

/** A server in Discord's place with a certificate of this kind, which the machine trusts or not. */
async function certified(certificate: ReturnType<typeof selfSigned>, trusted: boolean): Promise<string> {
  await using discord = await fakeDiscord(certificate);
  using directory = temporaryDirectory();
  const file = join(directory.path, "ca.pem");
  await Bun.write(file, certificate.cert);
  return await said({
    DISCORD_WEBHOOK_URL: discord.webhookUrl,
    SERVER_METRICS_ALLOW_HOST: discord.host,
    ...(trusted ? { NODE_EXTRA_CA_CERTS: file } : {}),
  });
}

/** A network, a proxy or a clock that is wrong. */
export const networkRows: Provocations = {
  "no network, no DNS": { needs: [namespaces], says: async () => alone("discord.com") },
  "no way out": { needs: [namespaces], says: async () => alone("192.0.2.1") },
  "a firewall or a proxy that is not there": { says: async () => behind("http://127.0.0.1:9") },
  "the proxy is not http": { says: async () => behind("socks5://127.0.0.1:9") },
  "the proxy refuses": {
    says: async () => [
      await behindProxy("http", "403 Forbidden"),
      await behindProxy("http", "407 Proxy Authentication Required"),
    ],
  },
  "the proxy is http and was called https": { says: async () => behindProxy("https", "400 Bad Request") },
  "a proxy reads along": { needs: [openssl], says: async () => certified(selfSigned(), false) },
  "something else answers": { needs: [openssl], says: async () => certified(selfSigned("DNS:other.example"), true) },
  "the clock is behind": {
    needs: [openssl],
    says: async () => certified(selfSigned("IP:127.0.0.1", "not yet valid"), true),
  },
  "the clock is ahead": { needs: [openssl], says: async () => certified(selfSigned("IP:127.0.0.1", "expired"), true) },
};
