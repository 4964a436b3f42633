/** The `code` of an error, such as `ENOENT` of `errno(3)` or SQLite's `SQLITE_BUSY`; empty where there is none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** What an error says; whatever else was thrown says nothing. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : "unknown error";
}
