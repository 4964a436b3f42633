/** Keeps the machine busy with `stress-ng` until the scope ends; resolves when its workers run. */
export async function startLoad(
  args: readonly string[],
  enter = (command: readonly string[]) => command,
): Promise<AsyncDisposable> {
  const command = enter(["stress-ng", "--timeout", "120", ...args]);
  const child = Bun.spawn([...command], { stdin: "ignore", stdout: "ignore", stderr: "pipe" });
  for await (const chunk of child.stderr) {
    if (new TextDecoder().decode(chunk).includes("dispatching")) break;
  }
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      await child.exited;
    },
  };
}
