import { seriesName } from "./prometheus.ts";
import type { ExportName } from "./run.ts";

/** A dashboard for Grafana, as JSON. `dashboard.json` is what this makes. */
export function dashboard(): string {
  const all = [...numbers(), machinesNow(), alertsNow(), ...lineCharts()];
  const panels = all.map((panel, index) => Object.assign(panel, { id: index + 1 }));
  return `${JSON.stringify({ ...head(), panels }, null, 2)}\n`;
}

const datasource = { type: "prometheus", uid: "${datasource}" };

/** The last sample of each chosen machine. */
function last(name: ExportName, range: "35m" | "7d" = "35m", matcher = ""): string {
  return `last_over_time(${seriesName(name)}{instance=~"$instance"${matcher}}[${range}])`;
}

/** The same, the highest where a machine has several beside these labels. */
const highest = (name: ExportName, ...labels: readonly string[]) =>
  `max by (${["instance", ...labels].join(", ")}) (${last(name)})`;

/** Where only `export` runs, no report was before, and there is the rate during the run in its place. */
function averageSinceReport(name: ExportName, ...labels: readonly string[]): string {
  const highestOf = (window: string) =>
    `max by (${["instance", ...labels].join(", ")}) (${last(name, "35m", `,window="${window}"`)})`;
  return `${highestOf("report")} or ${highestOf("sample")}`;
}

const lastRun = () => last("last_run_timestamp_seconds", "7d");
const silence = () => `time() - max by (instance) (${lastRun()})`;

function head() {
  const query = `label_values(${seriesName("last_run_timestamp_seconds")}, instance)`;
  return {
    title: "server-metrics",
    uid: "server-metrics",
    tags: ["server-metrics"],
    description: "Reports every half hour: each query looks 35 minutes back, because a plain one sees 5 minutes.",
    schemaVersion: 38,
    version: 1,
    editable: true,
    timezone: "browser",
    refresh: "5m",
    graphTooltip: 1,
    time: { from: "now-24h", to: "now" },
    templating: {
      list: [
        { name: "datasource", label: "Data source", type: "datasource", query: "prometheus" },
        {
          name: "instance",
          label: "Machine",
          type: "query",
          datasource,
          query: { query, refId: "instance" },
          definition: query,
          multi: true,
          includeAll: true,
          allValue: ".+",
          current: { text: "All", value: "$__all" },
          refresh: 2,
          sort: 1,
        },
      ],
    },
    annotations: { list: [] },
    links: [],
  };
}

/** The values from which a panel turns yellow and red. */
function thresholds(...steps: readonly { readonly color: string; readonly value: number }[]) {
  return { mode: "absolute", steps: [{ color: "green", value: null }, ...steps] };
}

/** Grafana names the queries of a panel by letters. */
const letter = (index: number) => String.fromCodePoint(0x41 + index);

function targets(more: object, ...queries: readonly (readonly [expr: string, legend: string])[]) {
  return queries.map(([expr, legendFormat], index) =>
    Object.assign({ refId: letter(index), datasource, expr, legendFormat }, more),
  );
}

/** The row of large numbers. */
function numbers() {
  const red = { thresholds: thresholds({ color: "red", value: 1 }) };
  const orNone = (query: string) => `${query} or vector(0)`;
  const [silent, announced] = [`count((${silence()}) > 3900)`, `count(${highest("alert_firing", "rule", "target")})`];
  return [
    number("Machines", "That have reported within a week.", `count(count by (instance) (${lastRun()}))`, {}),
    number("Silent", "For more than 65 minutes: two reports are missing.", orNone(silent), red),
    number("Alerts", "What the machines themselves have announced.", orNone(announced), red),
    number("Messages that wait for Discord", null, orNone(`sum(${highest("outbox_messages")})`), red),
  ].map((panel, index) => Object.assign(panel, { gridPos: { x: 6 * index, y: 0, w: 6, h: 4 } }));
}

function number(title: string, description: string | null, query: string, defaults: object) {
  const colorMode = "thresholds" in defaults ? "background" : "none";
  return {
    type: "stat",
    title,
    datasource,
    ...(description !== null && { description }),
    fieldConfig: { defaults, overrides: [] },
    options: { reduceOptions: { calcs: ["lastNotNull"] }, colorMode, graphMode: "none" },
    targets: targets({ instant: true, format: "time_series" }, [query, ""]),
  };
}

interface Column {
  readonly name: string;
  readonly query: string;
  readonly looks?: object;
  readonly from?: readonly [yellow: number, red: number] | null;
}

/** A table of all machines. */
function machinesNow() {
  const columns: readonly Column[] = [
    { name: "Memory", query: highest("memory_used_percent"), looks: { unit: "percentunit" }, from: [0.9, 0.95] },
    {
      name: "Fullest disk",
      query: highest("storage_used_percent"),
      looks: { unit: "percentunit" },
      from: [0.85, 0.95],
    },
    { name: "Load per core", query: highest("load_15m_per_core"), from: [2, 4] },
    { name: "Up", query: highest("uptime_seconds"), looks: { unit: "s" } },
    { name: "Last report ago", query: silence(), looks: { unit: "s" }, from: [2100, 3900] },
  ];
  const overrides = columns.map(({ name, looks = {}, from }, index) =>
    override(`Value #${letter(index)}`, Object.assign({ displayName: name }, looks), from),
  );
  return {
    type: "table",
    title: "Machines now",
    datasource,
    gridPos: { x: 0, y: 4, w: 14, h: 9 },
    fieldConfig: { defaults: {}, overrides: [...overrides, override("instance", { displayName: "Machine" })] },
    transformations: [
      { id: "merge", options: {} },
      { id: "organize", options: { excludeByName: { Time: true } } },
    ],
    targets: targets({ instant: true, format: "table" }, ...columns.map(({ query }) => [query, ""] as const)),
  };
}

/** The format of a column, and the values from which its text turns yellow and red. */
function override(column: string, looks: object, from: Column["from"] = null) {
  const properties = Object.entries(looks).map(([id, value]: [string, unknown]) => ({ id, value }));
  const colours = from && [
    { id: "thresholds", value: thresholds({ color: "yellow", value: from[0] }, { color: "red", value: from[1] }) },
    { id: "custom.cellOptions", value: { type: "color-text" } },
  ];
  return { matcher: { id: "byName", options: column }, properties: [...properties, ...(colours ?? [])] };
}

/** A table of the firing alerts. */
function alertsNow() {
  const renameByName = { instance: "Machine", rule: "Rule", target: "Target", severity: "Severity" };
  const query = `${highest("alert_firing", "rule", "target", "severity")} == 1`;
  return {
    type: "table",
    title: "Alerts now",
    datasource,
    gridPos: { x: 14, y: 4, w: 10, h: 9 },
    fieldConfig: { defaults: {}, overrides: [] },
    transformations: [{ id: "organize", options: { excludeByName: { Time: true, Value: true }, renameByName } }],
    targets: targets({ instant: true, format: "table" }, [query, ""]),
  };
}

/** Two columns of lines. */
function lineCharts() {
  const share = { unit: "percentunit", min: 0, max: 1 };
  const perSecond = { unit: "Bps" };
  const [each, average] = ["{{instance}}", "Average since the report before."];
  const received = averageSinceReport("network_receive_bytes_per_second", "interface");
  const sent = averageSinceReport("network_transmit_bytes_per_second", "interface");
  const read = averageSinceReport("disk_io_read_bytes_per_second", "device");
  const written = averageSinceReport("disk_io_write_bytes_per_second", "device");
  return [
    lineChart("Memory", "Total minus available, as free.", share, [highest("memory_used_percent"), each]),
    lineChart("Disks", "As df.", share, [highest("storage_used_percent", "mount"), `${each} {{mount}}`]),
    lineChart("CPU", average, share, [averageSinceReport("cpu_busy_percent"), each]),
    lineChart("Load per core, 15 minutes", null, {}, [highest("load_15m_per_core"), each]),
    lineChart("Network received", average, perSecond, [received, `${each} {{interface}}`]),
    lineChart("Network sent", average, perSecond, [sent, `${each} {{interface}}`]),
    lineChart(
      "Disk reads and writes",
      average,
      perSecond,
      [read, `${each} {{device}} read`],
      [written, `${each} {{device}} written`],
    ),
    lineChart("Swap in use", null, share, [highest("swap_used_percent"), each]),
  ].map((panel, index) => {
    return Object.assign(panel, { gridPos: { x: 12 * (index % 2), y: 13 + 8 * Math.floor(index / 2), w: 12, h: 8 } });
  });
}

function lineChart(
  title: string,
  description: string | null,
  scale: object,
  ...queries: readonly (readonly [expr: string, legend: string])[]
) {
  const custom = { lineInterpolation: "stepAfter", fillOpacity: 5, showPoints: "never", spanNulls: false };
  return {
    type: "timeseries",
    title,
    datasource,
    ...(description !== null && { description }),
    fieldConfig: { defaults: { ...scale, custom }, overrides: [] },
    options: {
      legend: { displayMode: "list", placement: "bottom" },
      tooltip: { mode: "multi", sort: "desc" },
    },
    targets: targets({ range: true }, ...queries),
  };
}
