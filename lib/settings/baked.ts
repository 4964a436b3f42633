declare module "bun" {
  interface Env {
    SERVER_METRICS_BAKED?: string;
  }
}

/** Values that the build put into this executable, all optional. */
export interface Baked {
  /** The webhook's address. A secret. */
  readonly webhook?: string;
  /** That of the channel for alerts, where they have one. A secret. */
  readonly alertWebhook?: string;
  /** The Discord-compatible `host[:port]` that the builder allowed. */
  readonly allowHost?: string;
  /** The parsed settings file; `bake.ts` has checked it. */
  readonly settings?: unknown;
}

/**
 * What was baked into this executable; nothing when it runs from source.
 *
 * The build replaces `process.env.SERVER_METRICS_BAKED` by its value, the empty one too, so the environment of a
 * run can neither supply nor change it. Only the dotted spelling is replaced.
 */
export function readBaked(): Baked {
  return Bun.isStandaloneExecutable ? decodeBaked(process.env.SERVER_METRICS_BAKED ?? "") : {};
}

/**
 * The blob that the build inlines: the values as JSON, scrambled; empty when there are none.
 *
 * This is obfuscation, not protection. It keeps the webhook out of `strings`, of a backup's search index and of the
 * source line that a crash prints; whoever can read the executable can read the webhook.
 */
export function encodeBaked({ webhook, alertWebhook, allowHost, settings }: Baked): string {
  const values = [webhook, alertWebhook, allowHost, settings];
  if (values.every((value) => value === undefined)) return "";
  return mask(new TextEncoder().encode(JSON.stringify(values))).toBase64();
}

/** The inverse of {@link encodeBaked}. Throws on a text that it did not make. */
export function decodeBaked(blob: string): Baked {
  if (blob === "") return {};
  const values: unknown = JSON.parse(new TextDecoder().decode(mask(Uint8Array.fromBase64(blob))));
  if (!isList(values)) throw new TypeError("the baked-in values are damaged");
  const [webhook, alertWebhook, allowHost, settings] = values;
  return {
    ...(typeof webhook === "string" ? { webhook } : {}),
    ...(typeof alertWebhook === "string" ? { alertWebhook } : {}),
    ...(typeof allowHost === "string" ? { allowHost } : {}),
    // An absent value became JSON's null.
    ...(settings === null ? {} : { settings }),
  };
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** XOR with a xorshift keystream: its own inverse, and the same for the same input, so that builds are reproducible. */
function mask(bytes: Uint8Array): Uint8Array {
  let state = 0x2545f491;
  return bytes.map((byte) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return byte ^ state;
  });
}
