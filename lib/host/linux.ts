import { readdirSync } from "node:fs";
import { readdir } from "node:fs/promises";

import { systemClock } from "../clock.ts";
import { createStatfsAsker } from "./helpers/statfsHelper.ts";
import { askSysteminformation } from "./helpers/systeminformationHelper.ts";
import { checkHttp } from "./httpCheck.ts";
import { type Machine, reading } from "./machine.ts";
import { askProbe } from "./probe.ts";
import { runProgram } from "./program.ts";
import { readNow, readSoon } from "./readFile.ts";
import { readLinks, readStamp, readStamps } from "./stamps.ts";
import { askInTurn, readStatfs } from "./statfs.ts";
import { checkTcp } from "./tcpCheck.ts";
import { getUnix } from "./unixSocket.ts";

const askHanging = createStatfsAsker();
const askLocal = askInTurn(readStatfs, askHanging);

/** Paths that the kernel answers at once; other files below /sys wait for a device. */
const madeUp = { file: /^\/(proc|sys\/fs\/cgroup)\//, directory: /^\/(proc|sys)(\/|$)/ };

const read = async (path: string, encoding: "utf8" | "latin1" = "utf8") =>
  reading(path, () => (madeUp.file.test(path) ? readNow : readSoon)(path, encoding));

/**
 * The machine that this runs on. What the kernel makes up is read synchronously: a thread for each would cost ten
 * times as much as the reading. Everything that a device or a disk stands behind is asynchronous, so that a deadline can
 * overtake it.
 */
export const thisMachine: Machine = {
  clock: systemClock,
  host: {
    readProc: (name, encoding) => read(`/proc/${name}`, encoding),
    readProcUntil: (name, end) => reading(`/proc/${name}`, () => readNow(`/proc/${name}`, "latin1", end)),
    readSys: (name) => read(`/sys/${name}`),
    readFile: read,
    list: (path) => reading(path, () => (madeUp.directory.test(path) ? readdirSync(path) : readdir(path))),
    links: (path, most) => reading(path, () => readLinks(path, most)),
    stamps: readStamps,
    stamp: readStamp,
    statfs: (mountPoint, mayHang) => reading("statfs", () => (mayHang ? askHanging(mountPoint) : askLocal(mountPoint))),
    run: runProgram,
    getUnix,
    inventory: askSysteminformation,
    heldFiles: async (mountPoint) => (await import("./heldFiles.ts")).heldFiles(mountPoint),
    checkHttp,
    checkTcp,
    askProbe,
  },
};
