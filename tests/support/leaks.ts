/** A piece of a secret of this many characters is a leak. */
const tellingLength = 10;

/**
 * The pieces of the secrets that stand in a text: as they are, in base64 at any offset, or in hexadecimal. Empty is
 * what every output has to be.
 */
export function leaksIn(text: string, secrets: readonly string[]): readonly string[] {
  return secrets.flatMap(spellings).flatMap((spelling) => pieces(spelling).filter((piece) => text.includes(piece)));
}

function spellings(secret: string): readonly string[] {
  const base64 = [0, 1, 2].map((offset) => btoa(" ".repeat(offset) + secret).slice(4, -4));
  return [secret, ...base64, Buffer.from(secret).toString("hex")];
}

function pieces(spelling: string): readonly string[] {
  const last = spelling.length - tellingLength;
  return Array.from({ length: Math.max(last + 1, 0) }, (_, start) => spelling.slice(start, start + tellingLength));
}
