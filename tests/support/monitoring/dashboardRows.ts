/** What the dashboard shows: rows of panels, each with its queries. */
interface Query {
  expr: string
  legend: string
}
interface Threshold {
  value: number | null
  colour: string
}
export interface PanelOptions {
  title: string
  description: string
  unit: string
  queries: Query[]
  kind?: 'timeseries' | 'stat' | 'gauge' | 'state-timeline' | 'bargauge'
  /** Of 24 columns. */
  width?: number
  thresholds?: Threshold[]
  max?: number
  /** May be below zero. */
  isSigned?: boolean
}

/** Chosen in the variables above the dashboard. */
const of = '{instance=~"$instance"}'
const ofStream = '{instance=~"$instance",exported_job=~"$stream"}'
export const good: Threshold = { value: null, colour: 'green' }
const steps = (warning: number, critical: number): Threshold[] => [
  good,
  { value: warning, colour: 'orange' },
  { value: critical, colour: 'red' }
]

export const rows: { title: string; panels: PanelOptions[] }[] = [
  {
    title: 'Overview',
    panels: [
      {
        title: 'Grade',
        description: 'What the program says of itself, and whether data is being lost.',
        unit: 'none',
        kind: 'stat',
        width: 6,
        queries: [
          { expr: `wavefall_health_score${of.replace('}', ',part="whole"}')}`, legend: 'score' },
          { expr: `wavefall_losing${of}`, legend: 'losing' }
        ]
      },
      {
        title: 'Response, p95',
        description: 'Time to an answer, by service. 2 s for five minutes is an alert.',
        unit: 's',
        width: 9,
        thresholds: steps(1, 2),
        queries: [
          {
            expr: `histogram_quantile(0.95, sum by (service, le) (rate(wavefall_response_seconds_bucket${of}[$__rate_interval])))`,
            legend: '{{service}}'
          }
        ]
      },
      {
        title: 'Errors',
        description: 'Part of the requests that failed. 10 % for two minutes is an alert.',
        unit: 'percentunit',
        width: 9,
        thresholds: steps(0.025, 0.1),
        queries: [
          {
            expr: `(sum(rate(wavefall_requests_total{instance=~"$instance",outcome="failed"}[$__rate_interval])) or vector(0)) / sum(rate(wavefall_requests_total${of}[$__rate_interval]))`,
            legend: 'failed'
          }
        ]
      },
      {
        title: 'CPU',
        description: 'Of the whole machine, and of one core by process.',
        unit: 'percentunit',
        thresholds: steps(0.7, 0.85),
        queries: [
          { expr: `wavefall_machine_cpu_ratio${of}`, legend: 'machine' },
          { expr: `wavefall_process_cpu_ratio${of}`, legend: '{{process}}' }
        ]
      },
      {
        title: 'Memory',
        description: 'Of the machine, what cannot be had any more; resident memory by process.',
        unit: 'bytes',
        queries: [
          { expr: `process_resident_memory_bytes${of}`, legend: 'core' },
          { expr: `wavefall_process_resident_bytes${of}`, legend: '{{process}}' }
        ]
      }
    ]
  },
  {
    title: 'Memory',
    panels: [
      {
        title: 'Memory of the program, MB',
        description: 'With the levels warning, critical and emergency.',
        unit: 'decmbytes',
        thresholds: [...steps(1024, 2048), { value: 4096, colour: 'dark-red' }],
        queries: [{ expr: `memory_usage_bytes{instance=~"$instance",component="rss_mb"}`, legend: 'resident' }]
      },
      {
        title: 'Trend',
        description: 'What an hour adds at the slope of the last ten minutes.',
        isSigned: true,
        unit: 'bytes',
        queries: [{ expr: `deriv(process_resident_memory_bytes${of}[10m]) * 3600`, legend: 'growth an hour' }]
      },
      {
        title: 'Machine',
        description: 'Memory of the machine that cannot be had any more.',
        unit: 'percent',
        kind: 'gauge',
        width: 6,
        max: 100,
        thresholds: [...steps(70, 85), { value: 95, colour: 'dark-red' }],
        queries: [{ expr: `memory_usage_percent${of}`, legend: 'memory' }]
      },
      {
        title: 'Swap',
        description: 'In use.',
        unit: 'percent',
        width: 6,
        max: 100,
        queries: [{ expr: `swap_usage_percent${of}`, legend: 'swap' }]
      },
      {
        title: 'Garbage collection',
        description: 'Pauses, p99 of the last minute.',
        unit: 's',
        width: 6,
        queries: [{ expr: `wavefall_process_gc_pause_p99_seconds${of}`, legend: '{{process}}' }]
      },
      {
        title: 'Alerts about memory',
        description: 'Sent in the chosen time, by severity.',
        unit: 'none',
        kind: 'stat',
        width: 6,
        queries: [{ expr: `increase(memory_alerts_sent_total${of}[$__range])`, legend: '{{severity}}' }]
      },
      {
        title: 'Open alerts',
        description: 'Active and acknowledged, by severity, over time.',
        unit: 'none',
        kind: 'state-timeline',
        thresholds: steps(1, 2),
        queries: [{ expr: `wavefall_alerts_open${of}`, legend: '{{severity}}' }]
      },
      {
        title: 'Time of a check',
        description: 'How long one collection of readings takes, p95. Past two seconds it is given up.',
        unit: 's',
        queries: [
          {
            expr: `histogram_quantile(0.95, sum by (le) (rate(memory_check_duration_seconds_bucket${of}[$__rate_interval])))`,
            legend: 'p95'
          }
        ]
      }
    ]
  },
  {
    title: 'Streams and analysis',
    panels: [
      {
        title: 'Stages, p95',
        description: 'Time that a block or an order spends in each stage.',
        unit: 's',
        queries: [
          {
            expr: `histogram_quantile(0.95, sum by (stage, le) (rate(wavefall_stage_seconds_bucket${of}[$__rate_interval])))`,
            legend: '{{stage}}'
          }
        ]
      },
      {
        title: 'Rows',
        description: 'Rows a second, by stream.',
        unit: 'rowsps',
        queries: [{ expr: `wavefall_stream_rows_per_second${ofStream}`, legend: '{{exported_job}}' }]
      },
      {
        title: 'Received',
        description: 'Bytes a second, by stream.',
        unit: 'Bps',
        queries: [{ expr: `wavefall_stream_received_bytes_per_second${ofStream}`, legend: '{{exported_job}}' }]
      },
      {
        title: 'Latency, p95',
        description: 'Last sample at the source to row at a window.',
        unit: 's',
        thresholds: steps(0.2, 0.5),
        queries: [
          {
            expr: `wavefall_stream_latency_seconds{instance=~"$instance",exported_job=~"$stream",quantile="0.95"}`,
            legend: '{{exported_job}}'
          }
        ]
      },
      {
        title: 'Gaps and losses',
        description: 'In the chosen time, by stream. Rows that are left out are not lost: their data was there.',
        unit: 'none',
        queries: [
          {
            expr: `increase(wavefall_stream_gaps_total${ofStream}[$__rate_interval])`,
            legend: 'gaps {{exported_job}}'
          },
          {
            expr: `increase(wavefall_stream_lost_blocks_total${ofStream}[$__rate_interval])`,
            legend: 'lost blocks {{exported_job}}'
          },
          {
            expr: `increase(wavefall_stream_shed_rows_total${ofStream}[$__rate_interval])`,
            legend: 'rows left out {{exported_job}}'
          }
        ]
      },
      {
        title: 'Queues',
        description: 'How long the oldest waits.',
        unit: 's',
        thresholds: steps(0.5, 2),
        queries: [{ expr: `wavefall_queue_age_seconds${of}`, legend: '{{queue}} {{of}}' }]
      }
    ]
  },
  {
    title: 'Use',
    panels: [
      {
        title: 'Clients',
        description: 'Windows, and what else is connected.',
        unit: 'none',
        width: 6,
        queries: [
          { expr: `wavefall_windows${of}`, legend: 'windows' },
          { expr: `wavefall_clients${of}`, legend: '{{kind}}' }
        ]
      },
      {
        title: 'Jobs',
        description: 'By state.',
        unit: 'none',
        width: 6,
        queries: [{ expr: `wavefall_jobs${of} > 0`, legend: '{{state}}' }]
      },
      {
        title: 'Sessions',
        description: 'In the catalogue.',
        unit: 'none',
        kind: 'stat',
        width: 6,
        queries: [{ expr: `wavefall_sessions${of}`, legend: 'sessions' }]
      },
      {
        title: 'Exported',
        description: 'Bytes in the chosen time.',
        unit: 'bytes',
        kind: 'stat',
        width: 6,
        queries: [{ expr: `increase(wavefall_exported_bytes_total${of}[$__range])`, legend: 'exported' }]
      },
      {
        title: 'Caches',
        description: 'Part of the requests that were answered from a cache.',
        unit: 'percentunit',
        max: 1,
        queries: [{ expr: `cache_hit_rate${of}`, legend: '{{cache}}' }]
      },
      {
        title: 'Refused at the door',
        description: 'Requests without a right token, or whose role may not do that.',
        unit: 'none',
        queries: [{ expr: `increase(wavefall_access_refused_total${of}[$__rate_interval])`, legend: '{{why}}' }]
      }
    ]
  }
]
