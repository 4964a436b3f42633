/**
 * Takes webhooks' tokens out of a text: whatever stands where an address has its token, also where the slashes are
 * escaped, and the tokens of the given addresses wherever they stand.
 */
export function redact(text: string, addresses: readonly string[] = []): string {
  const tokens = addresses.flatMap((address) => tokenOf.exec(address)?.[1] ?? []);
  const bare = tokens.reduce((rest, token) => rest.replaceAll(token, secret), text);
  return bare.replace(anyAddress, `$1${secret}`);
}

const secret = "[secret]";

/** A short one could be a word of ours, and Discord's have 68 characters. */
const tokenOf = /webhooks\/\d+\/([\w.~-]{16,})/;

const anyAddress = /(webhooks(?:%2f|\\*\/)\d+(?:%2f|\\*\/))[^\s"'?&()[\]{}]+/gi;
