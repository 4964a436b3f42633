/** The texts of the original program's message, in English whatever the reader's language is. */
export const classic = {
  author: "Server metrics",
  title: (time: string): string => `Metrics on ${time}`,
  memory: "Used Memory / Total Memory",
  memoryShare: "Memory Usage",
  storage: "Used Storage",
  storageShare: "Storage Usage",
  cpu: "Global CPU Usage (instantaneous value)",
  notMeasured: "not measured",
};
