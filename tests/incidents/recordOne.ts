/**
 * Records one look, `recordOne.ts FILE LOOK`, at the machine as it is where this runs, which is a chroot: adds it to the
 * sequence in the file.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";

import * as v from "valibot";

import { thisMachine } from "../../lib/host/linux.ts";
import { Kept } from "../../lib/metrics/watched/kept.ts";
import { type Answers, Look, otherwise, recordingHost, Sequence } from "./recording.ts";
import { lookAt } from "./replay.ts";

const [, , file = "", wanted = ""] = process.argv;
const look = v.parse(v.pipe(v.string(), v.parseJson(), v.omit(Look, ["answers"])), wanted);
const read = <T>(path: string, schema: v.GenericSchema<unknown, T>, nothing: T): T =>
  existsSync(path) ? v.parse(schema, readFileSync(path, "utf8")) : nothing;

const looks = read(file, Sequence, []);
const before = read(`${file}.kept`, v.nullable(v.pipe(v.string(), v.parseJson(), Kept)), null);
const known: Answers = Object.assign({}, ...looks.map(({ answers }) => answers));
const { host, answers } = recordingHost(thisMachine.host);
const kept = await lookAt(host, before, look);
writeFileSync(`${file}.kept`, JSON.stringify(kept));
writeFileSync(file, JSON.stringify([...looks, { ...look, answers: otherwise(known, answers()) }]));
