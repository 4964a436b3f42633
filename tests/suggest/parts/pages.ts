/** A program: answers at a port or a socket with the bodies of a file, `{"host": "a.example", "GET /path": {…}}`, and only to that name. */
import { readFileSync } from "node:fs";

const [place = "", file = ""] = process.argv.slice(2);

Bun.serve({
  ...(place.startsWith("/") ? { unix: place } : { port: Number(place), hostname: "127.0.0.1" }),
  fetch: ({ method, url, headers }) => {
    // Read anew, so that a test can change what it says.
    const pages = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    if (pages["host"] !== undefined && headers.get("Host") !== pages["host"]) return new Response("", { status: 403 });
    const page = pages[`${method} ${new URL(url).pathname}`];
    return page === undefined ? new Response("", { status: 404 }) : Response.json(page);
  },
});
