/** What is posted, or put in the place of what was: the JSON, and the files that came along. */
export interface Post {
  readonly json: unknown;
  readonly files: readonly File[];
}

/** A channel of Discord's, as far as one webhook sees it. */
export interface Channel {
  /** The bodies of the messages that stand in it; one with files has them as `attachments`: name and size. */
  readonly messages: readonly unknown[];
  /** Returns the message's id. */
  readonly post: (post: Post) => string;
  /** The address of the picture that a message's embed shows; undefined for none. */
  readonly pictureOf: (id: string) => string | undefined;
  /** False when there is no such message. */
  readonly edit: (id: string, post: Post) => boolean;
  /** What a person with the right to do so does. */
  readonly remove: (id: string) => void;
}

type Body = Readonly<Record<string, unknown>>;
interface Listed {
  readonly id: string | number;
  readonly filename?: string;
}

interface Shown {
  readonly embeds?: readonly { readonly image?: { readonly url: string } }[];
  readonly attachments?: readonly Listed[];
}

/** An empty channel. */
export function createChannel(): Channel {
  const standing = new Map<string, unknown>();
  let ids = 9_000_000_000_000_000_000n;
  return {
    get messages() {
      return [...standing.values()];
    },
    post: (post) => {
      ids += 1n;
      standing.set(String(ids), merge({}, post));
      return String(ids);
    },
    edit: (id, post) => {
      const before = standing.get(id);
      if (before === undefined) return false;
      standing.set(id, merge(before as Body, post));
      return true;
    },
    remove: (id) => void standing.delete(id),
    pictureOf: (id) => {
      const { embeds, attachments = [] } = standing.get(id) as Shown;
      const name = /^attachment:\/\/(.*)$/.exec(embeds?.[0]?.image?.url ?? "")?.[1];
      const file = attachments.find(({ filename }) => filename === name);
      return file && `https://cdn.discordapp.com/attachments/2001/${file.id}/${name}?ex=6a0000&is=6a0001&hm=00ff&`;
    },
  };
}

/** Of the files that a message had, an edit keeps those that its `attachments` name, or all when it has no such list. */
function merge(before: Body, { json, files }: Post): unknown {
  if (typeof json !== "object" || json === null) return json;
  const { attachments: listed, ...body } = json as Body & { readonly attachments?: readonly Listed[] };
  const had = (before["attachments"] ?? []) as readonly Listed[];
  const kept = had.filter(({ id }) => listed === undefined || listed.some((one) => one.id === id));
  const newId = () => String(BigInt(Date.now()) * 1_000_000n + BigInt(Math.floor(Math.random() * 1_000_000)));
  const added = files.map(({ name, size }) => ({ id: newId(), filename: name, size }));
  const attachments = [...kept, ...added];
  return { ...before, ...body, ...(attachments.length > 0 || "attachments" in before ? { attachments } : {}) };
}
