/**
 * Every metric there is: its name, type, help and labels are a contract. Labels are bounded: no run ids, no
 * order numbers, no error texts. What carries `tenant` comes from the observer that owns the tenant, and only from there.
 */
export interface Metric {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
}

const series = ['tenant', 'scenario', 'transport'] as const;

export const catalogue = {
  orderwatch_runs_total: {
    type: 'counter',
    help: 'Runs by outcome; blame says whose trouble a failed or inconclusive one was.',
    labels: [...series, 'outcome', 'blame'],
  },
  orderwatch_run_duration_seconds: {
    type: 'histogram',
    help: 'Time from the beginning of a run to its report, undo included, of runs that passed or failed.',
    labels: series,
  },
  orderwatch_step_duration_seconds: {
    type: 'histogram',
    help: 'Time of the steps that passed, over all tenants.',
    labels: ['scenario', 'step', 'transport'],
  },
  orderwatch_step_last_duration_seconds: {
    type: 'gauge',
    help: 'Time of a step when it last passed.',
    labels: ['tenant', 'scenario', 'step', 'transport'],
  },
  orderwatch_last_success_timestamp_seconds: {
    type: 'gauge',
    help: 'When a run last passed, since the epoch.',
    labels: series,
  },
  orderwatch_runs_contaminated_total: {
    type: 'counter',
    help: 'Runs measured while our own process stood still.',
    labels: series,
  },
  orderwatch_rows_left_total: {
    type: 'counter',
    help: 'Rows that runs left in the database of the tenant for good.',
    labels: series,
  },
  orderwatch_edi_ingestion_seconds: {
    type: 'histogram',
    help: 'Time from handing a document in as a trading partner until the tenant had made an order of it.',
    labels: series,
  },
  orderwatch_edi_acknowledgement_seconds: {
    type: 'histogram',
    help: 'Time from handing a document in until the tenant had acknowledged it.',
    labels: series,
  },
  orderwatch_edi_drain_seconds: {
    type: 'histogram',
    help: 'Time from handing a burst of documents in until the tenant had made orders of all of them.',
    labels: series,
  },
  orderwatch_edi_round_trip_seconds: {
    type: 'histogram',
    help: 'Time from handing a document in until the last answer to it had come back, delivery and invoicing included.',
    labels: series,
  },
  orderwatch_edi_backlog_age_seconds: {
    type: 'gauge',
    help: 'How long the oldest document had waited for the tenant when a run last handed one in.',
    labels: series,
  },
  orderwatch_edi_wrong_total: {
    type: 'counter',
    help: 'Runs that failed by what was exchanged, by the code of the failure.',
    labels: [...series, 'code'],
  },
  orderwatch_slots_total: {
    type: 'counter',
    help: 'Slots by what became of them; planned counts all of them.',
    labels: [...series, 'state'],
  },
  probe_success: {
    type: 'gauge',
    help: 'Whether the last run that passed or failed passed.',
    labels: series,
  },
  probe_duration_seconds: {
    type: 'gauge',
    help: 'Time of the last run that passed or failed.',
    labels: series,
  },
  orderwatch_objective_target_ratio: {
    type: 'gauge',
    help: 'Share of the time that counts in which the workflow is promised to work.',
    labels: ['tenant', 'workflow', 'level'],
  },
  orderwatch_objective_seconds_total: {
    type: 'counter',
    help: 'Time that counts, by what the workflow was in it: good, bad (too slow is bad), unknown or maintenance.',
    labels: ['tenant', 'workflow', 'state'],
  },
  orderwatch_objective_runs_total: {
    type: 'counter',
    help: 'Planned runs in time that counts, by what they said: good or bad (too slow is bad).',
    labels: ['tenant', 'workflow', 'result'],
  },
  orderwatch_objective_availability_ratio: {
    type: 'gauge',
    help: 'Good time of the window in all that is known; absent while too little is known.',
    labels: ['tenant', 'workflow'],
  },
  orderwatch_objective_budget_left_ratio: {
    type: 'gauge',
    help: 'Share of the bad time that the target allows in the window which is still left; negative when it is missed.',
    labels: ['tenant', 'workflow'],
  },
  orderwatch_objective_downtime_seconds: {
    type: 'gauge',
    help: 'Bad time of the window that counts.',
    labels: ['tenant', 'workflow'],
  },
  orderwatch_residue_documents: {
    type: 'gauge',
    help: 'Synthetic documents still open past the deadline of their mark and the grace.',
    labels: ['tenant'],
  },
  orderwatch_residue_imbalances: {
    type: 'gauge',
    help: 'Of reserved, on the way, with customers and owed: how many are not zero although nothing is open.',
    labels: ['tenant'],
  },
  orderwatch_certificate_expiry_timestamp_seconds: {
    type: 'gauge',
    help: 'When the certificate of the tenant ends, since the epoch.',
    labels: ['tenant'],
  },
  orderwatch_api_key_expiry_timestamp_seconds: {
    type: 'gauge',
    help: 'When the first of the API keys of the probe user ends, since the epoch.',
    labels: ['tenant'],
  },
  orderwatch_scheduled_action_lag_seconds: {
    type: 'gauge',
    help: 'How late the latest scheduled action of the tenant is, where the probe user may read it.',
    labels: ['tenant'],
  },
  orderwatch_free_stock_units: {
    type: 'gauge',
    help: 'Units of the synthetic product that nobody holds.',
    labels: ['tenant'],
  },
  orderwatch_clock_skew_seconds: {
    type: 'gauge',
    help: 'How far the clock of the tenant is ahead of ours; negative where it is behind.',
    labels: ['tenant'],
  },
  orderwatch_tenant_info: {
    type: 'gauge',
    help: 'What a tenant is; always 1.',
    labels: ['tenant', 'cluster', 'database_host', 'tier', 'odoo_version'],
  },
  orderwatch_schedule_lag_seconds: {
    type: 'histogram',
    help: 'Time from a slot to the beginning of its run in this process.',
    labels: [],
  },
  orderwatch_queue_jobs: {
    type: 'gauge',
    help: 'Run requests in the queue; delayed ones are not due yet.',
    labels: ['state'],
  },
  orderwatch_needed_slots: {
    type: 'gauge',
    help: 'Runs that want a place now: active, waiting, and due within the next few seconds.',
    labels: [],
  },
  orderwatch_worker_places: {
    type: 'gauge',
    help: 'Runs that this process plays at once.',
    labels: ['transport'],
  },
  orderwatch_worker_runs: {
    type: 'gauge',
    help: 'Runs of this process now: playing take a place; waiting have had no answer for two seconds and take none.',
    labels: ['transport', 'state'],
  },
  orderwatch_leases_held: {
    type: 'gauge',
    help: 'Tenants in which this process may write now.',
    labels: [],
  },
  orderwatch_browsers: {
    type: 'gauge',
    help: 'Browsers of this process.',
    labels: [],
  },
  orderwatch_browser_contexts: {
    type: 'gauge',
    help: 'Runs of this process that use a browser now, each in a context of its own.',
    labels: [],
  },
  orderwatch_troubles: {
    type: 'gauge',
    help: 'Transactions of the tenant that are in trouble now, silenced or not: they fail, are slow, or a few runs are.',
    labels: ['tenant', 'kind'],
  },
  orderwatch_alerting_turn_timestamp_seconds: {
    type: 'gauge',
    help: 'When the observer that leads alerting last did all its work, since the epoch.',
    labels: [],
  },
  orderwatch_incidents_open: {
    type: 'gauge',
    help: 'Incidents that are open; those that are silenced have severity none.',
    labels: ['severity', 'scope'],
  },
  orderwatch_sink_deliveries_total: {
    type: 'counter',
    help: 'Notices that a sink took (delivered) or that were given up (dropped), and attempts that failed.',
    labels: ['sink', 'result'],
  },
  orderwatch_confirmations_total: {
    type: 'counter',
    help: 'Runs that failed alone and were asked to be played again at once.',
    labels: [],
  },
  orderwatch_reports_waiting: {
    type: 'gauge',
    help: 'Reports on disk that Redis has not taken yet.',
    labels: [],
  },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof catalogue;
