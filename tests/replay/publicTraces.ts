import { readdirSync, readFileSync } from "node:fs";

/** All files below a directory, in order. */
const filesBelow = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .toSorted();

const linesOf = (file: string) => readFileSync(file, "utf8").trim().split("\n");

/** PlanetLab's CPU traces (beloglazov/planetlab-workload-traces): a percentage a line, each five minutes, a file a day. */
export const planetLab = (directory: string): readonly (readonly number[])[] =>
  filesBelow(directory).map((file) => linesOf(file).map(Number));

/** NAB's traces of a kind (numenta/NAB, data): `timestamp,value`, each five minutes. */
export const nab = (directory: string, kind: RegExp): readonly (readonly number[])[] =>
  filesBelow(directory)
    .filter((file) => kind.test(file))
    .map((file) =>
      linesOf(file)
        .slice(1)
        .map((line) => Number(line.split(",")[1])),
    );
