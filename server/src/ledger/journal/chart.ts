/** The accounts a journal is written to. An owner may name their own; the usual ones are a sensible start. */
import type { Kysely } from 'kysely';
import { z } from 'zod';
import { jsonb } from '../../database/json.ts';
import type { Schema } from '../../database/schema.ts';

/** What an account is to the journal, in the order of a trial balance. */
export const accountRoles = [
  'clearing',
  'bank',
  'receivable',
  'outside',
  'tax',
  'customer_credit',
  'revenue',
  'refunds',
  'disputes',
  'fees',
  'bad_debt',
  'exchange',
  'other',
] as const;
export type AccountRole = (typeof accountRoles)[number];

export interface JournalAccount {
  /** The code in Xero, or the account number in QuickBooks. */
  readonly code: string;
  /** As the books have it; a sub-account in QuickBooks as `Parent:Sub`. */
  readonly name: string;
}

export interface Chart {
  readonly accounts: Readonly<Record<AccountRole, JournalAccount>>;
  /** The name of Xero's rate for lines that carry no tax of their own: tax stands on a line by itself. */
  readonly xeroTaxRate: string;
}

/** What each account is for, as people read it. */
export const roleLabels: Record<AccountRole, string> = {
  clearing: 'Stripe balance: what Stripe holds for you',
  bank: 'Payouts to your bank, until the statement shows them',
  receivable: 'Invoices that are not paid yet',
  outside: 'Invoices paid outside of Stripe',
  tax: 'Tax collected, to be paid to the authorities',
  customer_credit: 'Credit that customers hold with you',
  revenue: 'Sales without tax, by the date of the invoice',
  refunds: 'Refunds and credit notes, without tax',
  disputes: 'Payments that were disputed',
  fees: 'Stripe’s fees',
  bad_debt: 'Invoices given up',
  exchange: 'Between the currency of a sale and that of the balance',
  other: 'Everything else: transfers, adjustments, reserves',
};

/** None is of a kind that QuickBooks or Xero keep manual journals out of: no bank, receivables or payables ledger. */
export const usualChart: Chart = {
  accounts: {
    clearing: { code: '1010', name: 'Stripe Clearing' },
    bank: { code: '1020', name: 'Stripe Payouts in Transit' },
    receivable: { code: '1030', name: 'Stripe Receivables' },
    outside: { code: '1040', name: 'Paid Outside Stripe' },
    tax: { code: '2010', name: 'Stripe Tax Payable' },
    customer_credit: { code: '2020', name: 'Stripe Customer Credit' },
    revenue: { code: '4010', name: 'Stripe Sales' },
    refunds: { code: '4020', name: 'Stripe Refunds' },
    disputes: { code: '6010', name: 'Stripe Disputes' },
    fees: { code: '6020', name: 'Stripe Fees' },
    bad_debt: { code: '6030', name: 'Stripe Bad Debt' },
    exchange: { code: '6040', name: 'Stripe Currency Exchange' },
    other: { code: '6050', name: 'Stripe Other Movements' },
  },
  xeroTaxRate: 'Tax Exempt',
};

const account = z.strictObject({
  code: z.string().trim().min(1).max(10),
  name: z.string().trim().min(1).max(100),
});

/** Each account has a code and a name of its own: two of one would hide what they are for. */
export const chartSchema = z
  .strictObject({
    accounts: z.strictObject(
      Object.fromEntries(accountRoles.map((role) => [role, account])) as Record<AccountRole, typeof account>,
    ),
    xeroTaxRate: z.string().trim().min(1).max(50),
  })
  .superRefine(({ accounts }, context) => {
    for (const [field, words] of [
      ['code', 'code'],
      ['name', 'name'],
    ] as const) {
      const seen = new Map<string, AccountRole>();
      for (const role of accountRoles) {
        const value = accounts[role][field].toLowerCase();
        const other = seen.get(value);
        if (other)
          context.addIssue({
            code: 'custom',
            path: ['accounts', role, field],
            message: `The ${words} is that of "${accounts[other].name}" already.`,
          });
        seen.set(value, role);
      }
    }
  });

export interface Charts {
  /** @param ledger `acct_…:test` */
  read(ledger: string): Promise<Chart>;
  /** null: the usual one again. */
  write(ledger: string, chart: Chart | null): Promise<void>;
}

export function createCharts(db: Kysely<Schema>): Charts {
  return {
    async read(ledger) {
      const row = await db
        .selectFrom('journal_charts')
        .select('chart')
        .where('ledger', '=', ledger)
        .executeTakeFirst();
      return row ? chartSchema.parse(row.chart) : usualChart;
    },
    async write(ledger, chart) {
      if (chart === null) {
        await db.deleteFrom('journal_charts').where('ledger', '=', ledger).execute();
        return;
      }
      const row = jsonb(JSON.parse(JSON.stringify(chart)));
      await db
        .insertInto('journal_charts')
        .values({ ledger, chart: row })
        .onConflict((conflict) => conflict.column('ledger').doUpdateSet({ chart: row }))
        .execute();
    },
  };
}
