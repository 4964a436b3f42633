import { expect, test } from "bun:test";

import { rules } from "../../lib/alerts/rules.ts";
import { formatValue } from "../../lib/alerts/text.ts";
import { createThresholdsOf } from "../../lib/settings/alerts.ts";
import { en } from "../../lib/words/en.ts";
import { capturedMachines, measureCaptured } from "../support/captured.ts";

const words = { ...en, thresholdsOf: createThresholdsOf({}) };

test.each(capturedMachines)("%s: the row of an alert has the alert's digits", async (name) => {
  const { report, assessment } = await measureCaptured(name);
  const rows = report(words, []).sections.flatMap((section) => section.rows);
  for (const { rule, labels, value, key } of assessment.alerts) {
    if (!rules[rule].notation.startsWith("percent")) continue;
    const row = rows.find(({ about }) => about.some((one) => one === key));
    expect(`${key}: ${row?.lines.join(" · ")}`).toContain(formatValue(value, rule, labels, words));
  }
});
