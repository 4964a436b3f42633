import { type Trace, day, disk, hour, one, over, within } from "./trace.ts";

/** Ten boots, one a run; a day later one more. The disk is too full all the while. */
function rebootStorm(every: number): Trace {
  const begins = 5 * hour;
  const ends = begins + 10 * every;
  const later = ends + day;
  return {
    name: "reboot storm, with a disk that stays full",
    days: 3,
    every,
    at: (minute) => {
      const storm = minute < begins ? 0 : Math.min(10, 1 + Math.floor((minute - begins) / every));
      const boots = storm + (minute >= later ? 1 : 0);
      const bootedMinute = minute >= later ? later : storm === 0 ? -day : begins + (storm - 1) * every;
      return { observations: disk("/", 90), boots, bootedMinute: bootedMinute - 0.2 };
    },
    incidents: 3,
    expected: [
      within("raised storage_used warning", 0, 0, every),
      within("reminder storage_used warning", day, 1, every),
      ...[0, 1, 2].map((count) => within("event rebooted", begins + count * every, 0, every)),
      within("event rebooted", later, 0, every),
    ],
  };
}

function offForHours(every: number): Trace {
  const [off, on] = [5 * hour, 8 * hour];
  return {
    name: "off for three hours",
    days: 1,
    every,
    at: (minute) => {
      if (minute >= off && minute < on) return null;
      return { observations: disk("/", 50), ...(minute < off ? {} : { boots: 2, bootedMinute: on - 0.5 }) };
    },
    incidents: 1,
    expected: [within("event rebooted", on, 0, every)],
  };
}

/** A container keeps the boot id of the machine around it; only its uptime tells that it was started anew. */
function containerRestart(every: number): Trace {
  const restarted = 6 * hour;
  return {
    name: "container started anew",
    days: 1,
    every,
    at: (minute) => ({
      observations: disk("/", 50),
      ...(minute < restarted ? {} : { bootedMinute: restarted - 0.5 }),
    }),
    incidents: 1,
    expected: [within("event rebooted", restarted, 0, every)],
  };
}

function notRun(every: number): Trace {
  const [off, on] = [5 * hour, 11 * hour];
  return {
    name: "up, but not run for six hours",
    days: 1,
    every,
    at: (minute) => (minute >= off && minute < on ? null : { observations: disk("/", 50) }),
    incidents: 1,
    expected: [within("event silent", on, 0, every)],
  };
}

/** The clock is wrong for five hours while a disk is full. What is said of times must stay true. */
function clockJump(every: number, offDays: number): Trace {
  const [full, emptied, moved, back] = [2 * hour, 30 * hour, 10 * hour, 15 * hour];
  return {
    name: `clock ${Math.abs(offDays)} days ${offDays > 0 ? "forward" : "back"} and right again`,
    days: 2,
    every,
    at: (minute) => ({
      observations: disk("/", minute >= full && minute < emptied ? 97 : 50),
      clockOffMinutes: minute >= moved && minute < back ? offDays * day : 0,
    }),
    incidents: 3,
    expected: [
      within("raised storage_used critical", full, 0, every),
      within("event clock", moved, 0, every),
      within("event clock", back, 0, every),
      within("reminder storage_used critical", full + 12 * hour, 1, every),
      over("storage_used", full, emptied, every),
    ],
  };
}

/** Started by hand each time; another one has failed before anybody looked. */
function failedUnit(every: number): Trace {
  const failed = (unit: string) => one("unit_failed", 1, { unit });
  return {
    name: "service that fails, twice in a day",
    days: 1,
    every,
    at: (minute) => {
      const isFailed = Math.floor(minute / (6 * hour)) % 2 === 1;
      const units = ["cron.service", ...(isFailed ? ["nginx.service"] : [])];
      return { observations: [one("units_failed", units.length), ...units.map(failed)] };
    },
    incidents: 3,
    expected: [
      within("raised units warning", 0, 0, every),
      ...[6, 18].map((begins) => within("raised units warning", begins * hour, 0, every)),
      over("units", 6 * hour, 12 * hour, every),
    ],
  };
}

/** The owner's own: told as a service that is not running, and not once more as one that failed. */
function watchedService(every: number): Trace {
  const [stopped, started] = [5 * hour, 9 * hour];
  const unit = "nginx.service";
  return {
    name: "watched service that fails",
    days: 1,
    every,
    at: (minute) => {
      const isDown = minute >= stopped && minute < started;
      return {
        observations: [
          one("service_active", isDown ? 0 : 1, { unit }),
          one("units_failed", isDown ? 1 : 0),
          ...(isDown ? [one("unit_failed", 1, { unit })] : []),
        ],
      };
    },
    incidents: 1,
    expected: [
      within("raised service_down critical", stopped, 0, every),
      over("service_down", stopped, started, every),
    ],
  };
}

/** What happens between runs. */
export const eventTraces = (every: number): readonly Trace[] => [
  rebootStorm(every),
  offForHours(every),
  containerRestart(every),
  notRun(every),
  clockJump(every, 3),
  clockJump(every, -9),
  failedUnit(every),
  watchedService(every),
];
