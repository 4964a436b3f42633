import { expect, test } from "bun:test";

import { reading } from "../../lib/host/machine.ts";

const tooMany = () => Object.assign(new Error("EMFILE: too many open files"), { code: "EMFILE" });

test("a reading is tried again while too many files are open", async () => {
  let tries = 0;
  const read = () => {
    tries += 1;
    if (tries < 3) throw tooMany();
    return "text";
  };
  expect(await reading("/sys/a", read)).toBe("text");
});

test("files that stay open for good make the reading fail, in words", async () => {
  const read = (): Promise<string> => Promise.reject(tooMany());
  expect(reading("/sys/a", read)).rejects.toThrow("/sys/a: EMFILE");
});
