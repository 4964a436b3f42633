/**
 * The floor: the original's job in as little as this runtime lets it cost. Memory, the disk and the CPU of the last half
 * second are read, remembered in SQLite, and sent to a webhook with fetch. Nothing is checked, retried or judged.
 */
import { Database } from "bun:sqlite";
import { readFileSync, statfsSync } from "node:fs";

const numbersIn = (text: string) => Array.from(text.matchAll(/\d+/g), Number);

const [total = 0, , available = 0] = numbersIn(readFileSync("/proc/meminfo", "utf8"));
const [, , user = 0, nice = 0, system = 0, idle = 0] = numbersIn(readFileSync("/proc/stat", "utf8"));
const disk = statfsSync("/");
const body = JSON.stringify({
  embeds: [
    {
      title: "floor",
      fields: [
        { name: "Memory", value: `${total - available} of ${total} kB` },
        { name: "Disk", value: `${disk.bavail} of ${disk.blocks} blocks left` },
        { name: "CPU", value: `${user + nice + system} of ${user + nice + system + idle} ticks` },
      ],
    },
  ],
});
const database = new Database(process.env["FLOOR_STATE"] ?? ":memory:");
database.run("CREATE TABLE IF NOT EXISTS outbox (id INTEGER PRIMARY KEY, body TEXT)");
database.run("INSERT INTO outbox (body) VALUES (?)", [body]);
const answer = await fetch(process.env["DISCORD_WEBHOOK_URL"] ?? "", {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body,
});
if (answer.ok) database.run("DELETE FROM outbox");
process.exit(answer.ok ? 0 : 1);
