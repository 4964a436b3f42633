/** Preloaded: writes the files of this project that a run has loaded into the file of the variable MODULE_COUNT, a line each. */
import { plugin } from "bun";
import { appendFileSync } from "node:fs";

plugin({
  name: "count modules",
  setup: (build) => {
    build.onLoad({ filter: /\/lib\/.*\.ts$/ }, async ({ path }) => {
      appendFileSync(process.env["MODULE_COUNT"] ?? "/dev/null", `${path}\n`);
      return { contents: await Bun.file(path).text(), loader: "ts" };
    });
  },
});
