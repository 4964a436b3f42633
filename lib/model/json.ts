/** Discord's own messages are ten levels deep, the answers of engines fewer than twenty. */
const deepest = 100;

/**
 * How deep a JSON text is nested. What walks through a value calls itself at each level, and a text of a megabyte can have
 * a million of them.
 */
export function isTooDeep(text: string): boolean {
  let depth = 0;
  let isQuoted = false;
  for (let index = 0; index < text.length; index++) {
    const letter = text[index];
    if (isQuoted) {
      if (letter === "\\") index += 1;
      else if (letter === '"') isQuoted = false;
    } else if (letter === '"') isQuoted = true;
    else if (letter === "[" || letter === "{") depth += 1;
    else if (letter === "]" || letter === "}") depth -= 1;
    if (depth > deepest) return true;
  }
  return false;
}

/** Whether a text is JSON of a safe depth. */
export function isPlainJson(text: string): boolean {
  if (isTooDeep(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
