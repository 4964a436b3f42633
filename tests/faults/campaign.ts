/**
 * The long fault campaigns on the compiled binary, as `npm run faults`; ends with a table. Needs root, strace and ext4.
 */
import { lacks, run } from "../support/project.ts";
import { accepted, isEmpty, settle, waitingIn } from "./ledger.ts";
import { type Life, nobody, startLife } from "./life.ts";

interface Result {
  readonly name: string;
  readonly runs: number;
  readonly faults: string;
  readonly committed: number;
  readonly delivered: number;
  readonly lost: number;
  readonly duplicates: number;
  /** The most that the promise allows. */
  readonly bound: number;
  readonly longestSeconds: number;
}

/** Keeps the books of one campaign. */
function startLedger(life: Life) {
  const committed = new Set<string>();
  let runs = 0;
  let longestMs = 0;
  const go = async (options: Parameters<Life["run"]>[0] = {}) => {
    const begun = performance.now();
    const { status } = await life.run(options);
    longestMs = Math.max(longestMs, performance.now() - begun);
    runs += 1;
    for (const time of waitingIn(life.stateDirectory)) committed.add(time);
    for (const time of accepted(life.discord).times.keys()) committed.add(time);
    life.pass(30);
    return status;
  };
  const end = (name: string, faults: string, bound: number): Result => {
    const { delivered, digests, lost, duplicates } = settle(committed, life.discord);
    const longestSeconds = longestMs / 1000;
    const told = delivered + digests;
    return { name, runs, faults, committed: committed.size, delivered: told, lost, duplicates, bound, longestSeconds };
  };
  return { go, end };
}

/** Runs until nothing waits: what the server was told to do wrong, and runs that were killed never met, comes first. */
async function drain(life: Life, go: () => Promise<number | null>): Promise<void> {
  for (let count = 0; count < 200; count += 1) {
    const status = await go();
    if (status === 0 && isEmpty(life.stateDirectory)) return;
  }
  throw new Error("what waits does not go out");
}

const stateCalls = "pwrite64,fsync,fdatasync,unlink,unlinkat,ftruncate,openat,rename,connect,sendto,write";

/** SIGKILL at the first state-changing system call, at the second, and so on, until the run survives. */
async function killAtEveryCall(): Promise<Result> {
  await using life = await startLife();
  const { go, end } = startLedger(life);
  await go();
  let kills = 0;
  for (let when = 1; when < 2000; when += 1) {
    const inject = `inject=${stateCalls}:signal=KILL:when=${when}`;
    const prefix = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", `trace=${stateCalls}`, "-e", inject];
    if ((await go({ prefix })) === 0) break;
    kills += 1;
    await go();
  }
  await drain(life, go);
  return end("SIGKILL at every state-changing system call", `${kills} kills`, kills);
}

/** SIGKILL at random moments, with a server that refuses, delays, forgets to answer and breaks off. */
async function killAtRandom(count: number): Promise<Result> {
  await using life = await startLife();
  const { go, end } = startLedger(life);
  const random = seeded(20_260_710);
  const scripts = [
    { status: 500 },
    { status: 502 },
    { status: 429, headers: { "Retry-After": "1" }, body: { retry_after: 1, global: false } },
    "reset",
    "close",
    { accepted: "reset" },
    { accepted: "close" },
  ] as const;
  let lostAnswers = 0;
  for (let done = 0; done < count; done += 1) {
    const script = random() < 0.5 ? scripts[Math.floor(random() * scripts.length)] : undefined;
    if (script !== undefined) {
      life.discord.script(script);
      if (typeof script === "object" && "accepted" in script) lostAnswers += 1;
    }
    const seconds = (0.002 + random() * 0.04).toFixed(4);
    await go({ prefix: ["timeout", "--signal=KILL", seconds], environment: random() < 0.1 ? nobody : {} });
  }
  await drain(life, go);
  return end("SIGKILL at random, lossy server", `${count} kills, ${lostAnswers} lost answers`, count + lostAnswers);
}

async function outage(): Promise<Result> {
  await using life = await startLife();
  const { go, end } = startLedger(life);
  for (let count = 0; count < 144; count += 1) await go({ environment: nobody });
  await drain(life, go);
  return end("outage of three days", "144 runs without a network", 0);
}

/**
 * Power loss: the state lies on an ext4 image on a loop device. While Discord has the request and has not answered, the
 * writer is stopped and the image copied: what is in the copy is what a power cut at that moment would have left.
 */
async function powerLoss(rounds: number): Promise<Result> {
  await using life = await startLife();
  const { go, end } = startLedger(life);
  const shell = async (script: string) => {
    const finished = await run(["sh", "-euc", script], { env: { D: life.directory } });
    if (finished.status !== 0) throw new Error(finished.stderr);
  };
  await shell(`truncate -s 16M $D/disk && mkfs.ext4 -q $D/disk && mkdir $D/state $D/copy && mount -o loop $D/disk $D/state
    chmod 700 $D/state && rmdir $D/state/lost+found`);
  let missing = 0;
  try {
    for (let round = 0; round < rounds; round += 1) {
      life.discord.script("hang");
      const command = (program: string) => ["sh", "-c", stopAndCopy, program];
      await go({ command, environment: { D: life.directory } });
      await shell("mount -o loop $D/image $D/copy");
      const kept = new Set(waitingIn(`${life.directory}/copy`));
      await shell("umount $D/copy");
      // What Discord has been asked for had been committed before.
      missing += waitingIn(life.stateDirectory).filter((time) => !kept.has(time)).length;
      await go();
    }
    await drain(life, go);
  } finally {
    await shell("umount $D/state");
  }
  const result = end("power loss while Discord was asked", `${rounds} images`, rounds);
  return { ...result, lost: result.lost + missing };
}

/** Starts a run, gives it time to ask Discord, stops it, copies the disk, and kills it. */
const stopAndCopy = `"$0" --sample 0 & sleep 0.4; kill -STOP $!; cp "$D/disk" "$D/image"; kill -KILL $!; wait $! || true`;

/** Mulberry32: the same campaign each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const missing = ["strace", "mkfs.ext4"].filter(lacks);
if (process.getuid?.() !== 0 || missing.length > 0) {
  console.error(`not run: needs root${missing.map((program) => `, ${program}`).join("")}`);
  process.exit(1);
}
const results = [await killAtEveryCall(), await killAtRandom(300), await powerLoss(8), await outage()];
console.log("| campaign | runs | faults | committed | delivered | LOST | duplicates (bound) | longest run |");
console.log("| --- | --: | --- | --: | --: | --: | --: | --: |");
for (const { name, runs, faults, committed, delivered, lost, duplicates, bound, longestSeconds } of results) {
  const columns = [
    name,
    runs,
    faults,
    committed,
    delivered,
    lost,
    `${duplicates} (${bound})`,
    `${longestSeconds.toFixed(2)} s`,
  ];
  console.log(`| ${columns.join(" | ")} |`);
}
console.log(`\nPeak memory of a run: ${await peakMegabytes()} MB`);
process.exitCode = results.every(({ lost, duplicates, bound }) => lost === 0 && duplicates <= bound) ? 0 : 1;

/** What a report with state has had resident at most by the time that it waits for Discord. */
async function peakMegabytes(): Promise<number> {
  await using life = await startLife();
  life.discord.script("hang");
  const script = `"$0" --sample 0 & sleep 0.5; grep VmHWM /proc/$!/status; kill $!`;
  const { stdout } = await life.run({ onThisMachine: true, command: (program) => ["sh", "-c", script, program] });
  return Math.round((Number(/\d+/.exec(stdout)?.[0]) * 1024) / 1e6);
}
