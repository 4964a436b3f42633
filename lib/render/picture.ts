import * as v from "valibot";

/** The name by which a message speaks of its picture. */
export const pictureName = "chart.png";

const message = v.looseObject({ embeds: v.tupleWithRest([v.looseObject({})], v.unknown()) });

/** The same message, showing the picture that goes along with it as `files[0]`, in place of any that it had. */
export function withPicture(body: unknown): unknown {
  const parsed = v.safeParse(message, body);
  if (!parsed.success) return body;
  const [first, ...rest] = parsed.output.embeds;
  return {
    ...parsed.output,
    embeds: [{ ...first, image: { url: `attachment://${pictureName}` } }, ...rest],
    attachments: [
      { id: 0, filename: pictureName, description: "CPU, memory, disk and network over the last 24 hours" },
    ],
  };
}
