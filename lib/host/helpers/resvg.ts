import { Resvg, initWasm } from "@resvg/resvg-wasm";
import wasm from "@resvg/resvg-wasm/index_bg.wasm" with { type: "file" };

import face from "dejavu-fonts-ttf/ttf/DejaVuSans.ttf" with { type: "file" };

/** The largest picture, bytes. */
const mostBytes = 60_000;

/** A PNG of an SVG picture. Costly to load: only the helper of `rasterise` imports this. Throws what resvg throws. */
export async function toPng(svg: string): Promise<Uint8Array> {
  await initWasm(await Bun.file(wasm).arrayBuffer());
  const font = { fontBuffers: [await Bun.file(face).bytes()], defaultFontFamily: "DejaVu Sans" };
  const png = new Resvg(svg, { font: { ...font, loadSystemFonts: false } }).render().asPng();
  if (png.length <= mostBytes) return png;
  // A day of nothing but noise. A palette costs time, and makes a third of it.
  return new Bun.Image(png).png({ palette: true, colors: 128, compressionLevel: 6 }).bytes();
}
