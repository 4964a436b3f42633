import { checkHttp } from "../../lib/host/httpCheck.ts";
import { pageCheck } from "./checks.ts";

/* A program: checks the page at the address in its first argument and prints the finding as JSON. */
console.log(JSON.stringify(await checkHttp(pageCheck(process.argv[2] ?? ""))));
