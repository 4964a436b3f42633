import { seriesName } from "./prometheus.ts";

/** Alert rules for Prometheus and for vmalert, as YAML. `alerts.yml` is what this makes. */
export const alertRules = `# Alert rules for Prometheus and for vmalert. They fit a report every half hour, which is why they look back: a plain
# query sees 5 minutes. With a report every minute write 5m in place of 35m, 5m of 65m, and 300 of 3900.
groups:
  - name: server-metrics
    rules:
      - alert: ServerMetricsSilent
        # Two reports in a row are missing. It is over after a week: then the machine counts as taken down.
        expr: time() - max by (instance) (last_over_time(${seriesName("last_run_timestamp_seconds")}[7d])) > 3900
        labels:
          severity: critical
        annotations:
          summary: "{{ $labels.instance }} has been silent for {{ $value | humanizeDuration }}"

      - alert: ServerMetricsDisk
        expr: >-
          max by (instance, mount) (last_over_time(${seriesName("storage_used_percent")}[35m])) > 0.85
          unless
          max by (instance, mount) (last_over_time(${seriesName("storage_pressing_percent")}[35m])) > 0.95
        labels:
          severity: warning
        annotations:
          summary: "{{ $labels.instance }}: disk {{ $labels.mount }} {{ $value | humanizePercentage }}"
      - alert: ServerMetricsDisk
        # Pressing: as much as that, or less than 1 GiB left of 10 GiB or more.
        expr: max by (instance, mount) (last_over_time(${seriesName("storage_pressing_percent")}[35m])) > 0.95
        labels:
          severity: critical
        annotations:
          summary: "{{ $labels.instance }}: disk {{ $labels.mount }} {{ $value | humanizePercentage }}"

      - alert: ServerMetricsMemory
        # In two reports in a row.
        expr: max by (instance) (max_over_time(${seriesName("memory_available_percent")}[65m])) < 0.1
        labels:
          severity: warning
        annotations:
          summary: "{{ $labels.instance }}: only {{ $value | humanizePercentage }} of the memory available"

      - alert: ServerMetricsOutbox
        # For an hour something has been waiting to reach Discord.
        expr: min by (instance) (min_over_time(${seriesName("outbox_messages")}[65m])) > 0
        labels:
          severity: warning
        annotations:
          summary: "{{ $labels.instance }} cannot reach Discord; messages that wait: {{ $value }}"

      - alert: ServerMetricsAlert
        # What the machine itself has announced; its own severity. Over up to 35 minutes after the machine says so.
        expr: max by (instance, rule, target, severity) (last_over_time(${seriesName("alert_firing")}[35m])) == 1
        annotations:
          summary: "{{ $labels.instance }}: {{ $labels.rule }} {{ $labels.target }} is {{ $labels.severity }}"
`;
