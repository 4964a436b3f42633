import { unescapeOctal } from "./mountinfo.ts";

/** What is mounted later, or only when it is used. */
const later = /^(?:noauto|x-systemd\.automount|comment=systemd\.automount)$/;

/** The mount points of /etc/fstab, `fstab(5)`, that are to be there after a boot; one character a byte, as mountinfo has them. */
export function wantedMounts(text: string): readonly string[] {
  const points = text.split("\n").flatMap((line) => {
    const [source = "", point = "", type = "", options = ""] = line.trim().split(/\s+/);
    if (source.startsWith("#") || !point.startsWith("/") || type === "swap" || type === "ignore") return [];
    if (options.split(",").some((option) => later.test(option))) return [];
    // The file is text, and mountinfo is bytes.
    const bytes = Buffer.from(unescapeOctal(point)).toString("latin1");
    return [bytes.replace(/(?!^)\/+$/, "")];
  });
  return [...new Set(points)];
}
