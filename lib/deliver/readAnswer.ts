import type { Answer } from "./answer.ts";

/** Most that is read of an answer, bytes; Discord's are below 10 KiB. */
const longestBody = 64 * 1024;

/** An answer with its body, as far as it can be read. Never throws. */
export async function readAnswer(response: Response): Promise<Answer> {
  const { status, headers } = response;
  const compressed = (headers.get("content-encoding") ?? "identity") !== "identity";
  return { status, headers, body: compressed ? await discard(response) : await readBody(response) };
}

async function discard(response: Response): Promise<undefined> {
  await response.body?.cancel().catch(() => undefined);
}

/** The body as text; undefined when it breaks off, stalls until the deadline or is longer than anything of Discord's. */
async function readBody(response: Response): Promise<string | undefined> {
  if (!response.body) return "";
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  try {
    const chunks: AsyncIterable<Uint8Array> = response.body;
    for await (const chunk of chunks) {
      length += chunk.byteLength;
      if (length > longestBody) return undefined;
      text += decoder.decode(chunk, { stream: true });
    }
  } catch {
    return undefined;
  }
  return text + decoder.decode();
}
