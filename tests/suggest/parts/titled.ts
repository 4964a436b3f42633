/** A program: runs another one in a directory, under a title as servers write it over their arguments: `titled.ts TITLE DIR COMMAND…`. */
const [title = "", cwd = "", ...command] = process.argv.slice(2);
const child = Bun.spawn(command, { argv0: title, cwd, stdio: ["ignore", "inherit", "inherit"] });
process.on("SIGTERM", () => child.kill());
await child.exited;
