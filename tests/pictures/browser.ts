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

/**
 * A picture of a page, as PNG: as large as its body, at twice the resolution. Taken by the Chromium at that path, with an
 * empty profile, and with no network for the page.
 */
export async function photograph(html: string, chromium: string): Promise<Uint8Array> {
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
  const picture = new Bun.Image(await view.screenshot({ encoding: "buffer" }));
  return await picture.png({ palette: true, colors: 256, compressionLevel: 9 }).bytes();
}
