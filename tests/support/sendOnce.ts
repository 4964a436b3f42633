import { send } from "../../lib/deliver/request.ts";
import { fetchTrusting } from "../../lib/host/trust.ts";
import { hello, sendDeps } from "./sending.ts";

/* A program: sends one message to the address in its first argument and prints the outcome as JSON. */
console.log(JSON.stringify(await send(hello, { ...sendDeps(process.argv[2] ?? ""), fetch: fetchTrusting })));
