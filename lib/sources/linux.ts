import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";

import { systemClock } from "../clock.ts";
import { checkHttp } from "./httpCheck.ts";
import { type Machine, reading } from "./machine.ts";
import { runProgram } from "./program.ts";
import { askInTurn, readStatfs } from "./statfs.ts";
import { createStatfsAsker } from "./statfsHelper.ts";
import { askSysteminformation } from "./systeminformationHelper.ts";
import { checkTcp } from "./tcpCheck.ts";
import { getUnix } from "./unixSocket.ts";

const askHanging = createStatfsAsker();
const askLocal = askInTurn(readStatfs, askHanging);

/**
 * The machine that this runs on. Files below /proc are read synchronously: the kernel makes them up on the spot, and a
 * thread for each would cost more than the reading. Everything that a device or a disk stands behind is asynchronous,
 * so that a deadline can overtake it.
 */
export const thisMachine: Machine = {
  clock: systemClock,
  host: {
    readProc: (name, encoding = "utf8") => reading(`/proc/${name}`, () => readFileSync(`/proc/${name}`, encoding)),
    readSys: (name) => reading(`/sys/${name}`, () => readFile(`/sys/${name}`, "utf8")),
    readFile: (path) => reading(path, () => readFile(path, "utf8")),
    list: (path) => reading(path, () => readdir(path)),
    statfs: (mountPoint, mayHang) => reading("statfs", () => (mayHang ? askHanging(mountPoint) : askLocal(mountPoint))),
    run: runProgram,
    getUnix,
    inventory: askSysteminformation,
    checkHttp,
    checkTcp,
  },
};
