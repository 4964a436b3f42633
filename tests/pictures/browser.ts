import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { temporaryDirectory } from "../support/project.ts";

const switches = [
  "--no-sandbox",
  "--hide-scrollbars",
  "--disable-quic",
  "--disable-sync",
  "--disable-background-networking",
  "--disable-component-update",
];

/** Lines of text below the message's head, as they are broken on the page. */
const countLines = `(() => {
  const tops = new Set();
  const visit = (node) => {
    if (node.shadowRoot) visit(node.shadowRoot);
    if (node.nodeType === 3 && node.data.trim() !== "") {
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const { bottom, height } of range.getClientRects()) if (height > 0) tops.add(Math.round(bottom / 9));
    }
    if (node.localName !== "style" && node.localName !== "script") node.childNodes.forEach(visit);
  };
  document.querySelectorAll("discord-embed").forEach(visit);
  const sorted = [...tops].sort((one, other) => one - other);
  return sorted.filter((top, index) => index === 0 || top - sorted[index - 1] > 1).length;
})()`;

/** A page as a reader sees it. */
export interface Photograph {
  /** PNG, as large as the page's body, at twice the resolution. */
  readonly png: Uint8Array;
  readonly lines: number;
}

/** A page drawn by the Chromium at that path, with an empty profile, and with no network for the page. */
export async function photograph(html: string, chromium: string): Promise<Photograph> {
  using directory = temporaryDirectory();
  const file = join(directory.path, "page.html");
  await Bun.write(file, html);
  await using view = new Bun.WebView({ backend: { type: "chrome", path: chromium, argv: switches } });
  await view.navigate("about:blank");
  const offline = { offline: true, latency: 0, downloadThroughput: 0, uploadThroughput: 0 };
  await view.cdp("Network.emulateNetworkConditions", offline);
  const setSize = ({ width, height }: { width: number; height: number }) =>
    view.cdp("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 2, mobile: false });
  await setSize({ width: 1600, height: 1200 });
  await view.navigate(pathToFileURL(file).href);
  await view.evaluate("document.fonts.ready.then(() => true)");
  await setSize(
    await view.evaluate(
      "(({ width, height }) => ({ width: Math.ceil(width), height: Math.ceil(height) }))" +
        "(document.body.getBoundingClientRect())",
    ),
  );
  const lines = await view.evaluate<number>(countLines);
  const picture = new Bun.Image(await view.screenshot({ encoding: "buffer" }));
  return { png: await picture.png({ palette: true, colors: 256, compressionLevel: 9 }).bytes(), lines };
}
