/** A program: fills a queue as Misskey does, or works it off: `queue.ts SOCKET NAME fill COUNT|delay COUNT|work|clear`. */
import { Queue, Worker } from "bullmq";

const [path = "", name = "", what = "", count = "0"] = process.argv.slice(2);
// Misskey's own `queue/const.ts`.
const options = { connection: { path, maxRetriesPerRequest: null }, prefix: `post.example.net:queue:${name}` };
const queue = new Queue(name, options);
if (what === "clear") await queue.drain(true);
else if (what === "work") {
  const drained = Promise.withResolvers<void>();
  const worker = new Worker(name, async () => undefined, { ...options, concurrency: 50 });
  worker.on("drained", () => drained.resolve());
  await drained.promise;
  await worker.close();
} else {
  const opts = what === "delay" ? { delay: 3_600_000 } : {};
  await queue.addBulk(Array.from({ length: Number(count) }, (_, id) => ({ name: "job", data: { id }, opts })));
}
await queue.close();
