import { readFileSync } from "node:fs";
import { join } from "node:path";

import { projectRoot } from "../support/project.ts";

/** A function of the catalogue, by its name and those of its parameters, which are left when it runs. */
const signature = /(\w+)(?: =|:) \(((?:[^()]|\(\))*)\): string =>|function (\w+)\(((?:[^()]|\(\))*)\): string/g;

/** `count: number`, `most = 3` */
const parameter = /^(\w+)\??(?:: (.+)| = (\d+))$/s;

function parametersOf(list: string): readonly (readonly [name: string, type: string])[] {
  const written = list
    .split(/,(?![^<]*>)/)
    .map((one) => one.trim())
    .filter(Boolean);
  return written.map((one) => {
    const [, name = "", type = "number"] = parameter.exec(one) ?? [];
    if (name === "") throw new Error(`what is ${JSON.stringify(one)}?`);
    return [name, type];
  });
}

const keyOf = (name: string, parameters: readonly string[]) => `${name}(${parameters.join()})`;

/** The files that have words in them. */
const files = [...new Bun.Glob("**/*.ts").scanSync(join(projectRoot, "lib/words"))];

/** The types of the parameters of every function, as they are written there. */
const types = new Map(
  files.flatMap((file) => {
    const text = readFileSync(join(projectRoot, "lib/words", file), "utf8");
    return Array.from(text.matchAll(signature), ([, arrow, ofArrow, name = arrow, list = ofArrow]) => {
      const parameters = parametersOf(list ?? "");
      const key = keyOf(
        name ?? "",
        parameters.map(([one]) => one),
      );
      return [key, parameters.map(([, type]) => type)] as const;
    });
  }),
);

/** A text or a function of the catalogue. */
export type Word = (...args: readonly unknown[]) => unknown;

/** The types of a function's parameters; throws when its source does not tell. */
export function typesOf(word: Word): readonly string[] {
  const list = /^(?:function \w*)?\(?([^()=]*(?:= \d+)?)\)?/.exec(word.toString())?.[1] ?? "";
  const names = list
    .split(",")
    .map((one) => one.replace(/=.*/s, "").trim())
    .filter(Boolean);
  const known = types.get(keyOf(word.name, names));
  if (known === undefined) throw new Error(`lib/words has no ${keyOf(word.name, names)} with its types`);
  return known;
}
