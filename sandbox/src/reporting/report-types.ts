import { hasColumn } from './columns.ts';
import type { Coverage } from './lines.ts';

/** What a run may be told beyond its type. */
export type RunParameter =
  | 'columns'
  | 'connected_account'
  | 'currency'
  | 'interval_end'
  | 'interval_start'
  | 'payout'
  | 'reporting_category'
  | 'timezone';

/** A report that can be run (docs.stripe.com/reports/report-types). */
export interface ReportType {
  /** `payouts.itemized.3` */
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly covers: Coverage;
  /** Single transactions, sums by category, or what the balance came from. */
  readonly shape: 'itemized' | 'summary' | 'balance';
  /** Whether it is about connected accounts instead of the one that asks. */
  readonly ofConnected: boolean;
  readonly required: readonly RunParameter[];
  readonly optional: readonly RunParameter[];
  readonly defaultColumns: readonly string[];
}

const interval = ['interval_start', 'interval_end'] as const;

interface Family {
  readonly id: string;
  /** As in "Itemized payouts" and "Payouts summary". */
  readonly name: string;
  readonly covers: Coverage;
  readonly required: readonly RunParameter[];
  /** The versions whose times are in UTC alone, and those that take a time zone. */
  readonly inUtc: readonly number[];
  readonly inZones: readonly number[];
}

const families: readonly Family[] = [
  {
    id: 'balance_change_from_activity',
    name: 'balance change from activity',
    covers: 'activity',
    required: interval,
    inUtc: [1, 2, 6],
    inZones: [3, 7],
  },
  {
    id: 'payouts',
    name: 'payouts',
    covers: 'payouts',
    required: interval,
    inUtc: [1, 2],
    inZones: [3, 5],
  },
  {
    id: 'payout_reconciliation',
    name: 'payout reconciliation',
    covers: 'payout_reconciliation',
    required: interval,
    inUtc: [1, 2, 3],
    inZones: [4, 5, 7],
  },
  {
    id: 'payout_reconciliation.by_id',
    name: 'payout reconciliation by ID',
    covers: 'payout_reconciliation',
    required: ['payout'],
    inUtc: [1, 2, 3],
    inZones: [4],
  },
  {
    id: 'ending_balance_reconciliation',
    name: 'ending balance reconciliation',
    covers: 'ending_balance',
    required: ['interval_end'],
    inUtc: [1, 2],
    inZones: [3, 4],
  },
];

function itemized(family: Family, version: number): ReportType {
  const inZones = family.inZones.includes(version);
  const { covers, required } = family;
  const utc = inZones ? '' : '_utc';
  const amounts = ['currency', 'gross', 'fee', 'net', 'reporting_category', 'description'];
  const leading =
    covers === 'payout_reconciliation' ? ['automatic_payout_id', 'automatic_payout_effective_at'] : [];
  return {
    id: `${family.id}.itemized.${version}`,
    name: `Itemized ${family.name}`,
    version,
    covers,
    shape: 'itemized',
    ofConnected: false,
    required,
    optional: [
      'columns',
      'reporting_category',
      ...(required.includes('payout') ? [] : (['currency'] as const)),
      ...(inZones ? (['timezone'] as const) : []),
    ],
    defaultColumns:
      covers === 'payouts'
        ? [
            'balance_transaction_id',
            'payout_id',
            `effective_at${utc}`,
            'payout_expected_arrival_date',
            'payout_status',
            ...amounts,
          ]
        : [...leading, 'balance_transaction_id', `created${utc}`, `available_on${utc}`, ...amounts],
  };
}

function summary({ id, name, covers, required }: Family): ReportType {
  return {
    id: `${id}.summary.1`,
    name: `${name.slice(0, 1).toUpperCase()}${name.slice(1)} summary`,
    version: 1,
    covers,
    shape: 'summary',
    ofConnected: false,
    required,
    optional: required.includes('payout') ? ['columns'] : ['columns', 'currency', 'timezone'],
    defaultColumns: ['reporting_category', 'currency', 'count', 'gross', 'fee', 'net'],
  };
}

const balanceSummary: ReportType = {
  id: 'balance.summary.1',
  name: 'Balance summary',
  version: 1,
  covers: 'all',
  shape: 'balance',
  ofConnected: false,
  required: interval,
  optional: ['columns', 'currency', 'timezone'],
  defaultColumns: ['category', 'description', 'net_amount', 'currency'],
};

/** The report on connected accounts that corresponds to a platform's own. */
function ofConnected(type: ReportType): ReportType {
  const byPayout = type.required.includes('payout');
  return {
    ...type,
    id: `connected_account_${type.id}`,
    name: `Connected account ${type.name.slice(0, 1).toLowerCase()}${type.name.slice(1)}`,
    ofConnected: true,
    required: byPayout ? ['connected_account', ...type.required] : type.required,
    optional: byPayout ? type.optional : [...type.optional, 'connected_account'],
    defaultColumns: [...type.defaultColumns, 'connected_account'],
  };
}

const own: readonly ReportType[] = [
  balanceSummary,
  ...families.flatMap((family) => [
    summary(family),
    ...[...family.inUtc, ...family.inZones].sort().map((version) => itemized(family, version)),
  ]),
];

/** All reports, by id. */
export const reportTypes: ReadonlyMap<string, ReportType> = new Map(
  [...own, ...own.map(ofConnected)].map((type) => [type.id, type]),
);

/** Whether a report can have a column. */
export function takesColumn(type: ReportType, name: string): boolean {
  if (type.defaultColumns.includes(name)) return true;
  if (type.shape !== 'itemized') return false;
  if (!hasColumn(name, type.covers === 'payouts')) return false;
  if (name === 'connected_account') return type.ofConnected;
  const isLocal = ['created', 'available_on', 'effective_at', 'charge_created'].includes(name);
  return !isLocal || type.optional.includes('timezone');
}
