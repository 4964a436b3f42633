/* Loaded before the program (bun --preload): writes the number of SQL statements that it ran to the file in SQL_COUNT. */
import { Database } from "bun:sqlite";
import { writeFileSync } from "node:fs";

let statements = 0;
const seen = new WeakSet();

/** Does something with each result of a method; nothing where there is no such method. */
function after(holder: object, name: string, look: (result: unknown) => void): void {
  const method: unknown = Reflect.get(holder, name);
  if (typeof method !== "function") return;
  const value = function (this: unknown, ...args: readonly unknown[]): unknown {
    const result: unknown = Reflect.apply(method, this, args);
    look(result);
    return result;
  };
  Object.defineProperty(holder, name, { value });
}

const count = () => void (statements += 1);

after(Database.prototype, "run", count);
for (const name of ["query", "prepare"]) {
  after(Database.prototype, name, (statement) => {
    if (typeof statement !== "object" || statement === null || seen.has(statement)) return;
    seen.add(statement);
    for (const method of ["all", "get", "iterate", "run", "values"]) after(statement, method, count);
  });
}

process.on("exit", () => writeFileSync(process.env["SQL_COUNT"] ?? "/dev/null", String(statements)));
