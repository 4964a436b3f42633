/** A fake Discord in a process of its own, for a namespace with a network of its own: a line in, a line of JSON out. */
import { fakeDiscord } from "./fakeDiscord.ts";

await using discord = await fakeDiscord();
console.log(JSON.stringify({ host: discord.host, webhookUrl: discord.webhookUrl }));
let told = 0;
for await (const _ of console) {
  console.log(JSON.stringify(discord.messages.slice(told)));
  told = discord.messages.length;
}
