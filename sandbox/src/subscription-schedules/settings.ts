import type { Account } from '../account.ts';
import { checkShares } from '../charges/shares.ts';
import { given, refused } from '../resource.ts';
import { ownMethod } from '../subscriptions/terms.ts';
import { existingTaxIds } from '../tax/tax-id.ts';
import { missingParam } from '../wire/errors.ts';
import { named } from './named.ts';
import type { DefaultSettings, InvoiceSettings } from './params.ts';
import type { Phase, Schedule } from './schedule.ts';

/** What holds for all phases that say nothing else. */
type Settings = Schedule['default_settings'];

export const usualSettings: Settings = {
  application_fee_percent: null,
  automatic_tax: { disabled_reason: null, enabled: false, liability: null },
  billing_cycle_anchor: 'automatic',
  billing_thresholds: null,
  collection_method: 'charge_automatically',
  default_payment_method: null,
  description: null,
  invoice_settings: {
    account_tax_ids: null,
    custom_fields: null,
    days_until_due: null,
    description: null,
    footer: null,
    issuer: { type: 'self' },
  },
  on_behalf_of: null,
  transfer_data: null,
};

/** The settings after what a request says about them. Throws Stripe's 400 for a payment method of somebody else. */
export function changedSettings(
  account: Account,
  customer: string,
  before: Settings,
  wanted: DefaultSettings,
): Settings {
  return {
    ...before,
    ...shownShares(wanted),
    ...given({
      billing_cycle_anchor: wanted.billing_cycle_anchor,
      collection_method: wanted.collection_method,
      default_payment_method: ownMethod(account, customer, wanted.default_payment_method)?.id,
      description: wanted.description,
    }),
    billing_thresholds:
      wanted.billing_thresholds === undefined
        ? before.billing_thresholds
        : thresholdsOf(wanted.billing_thresholds),
    invoice_settings: {
      ...before.invoice_settings,
      ...given({ ...checkedInvoiceSettings(account, wanted.invoice_settings) }),
    },
  };
}

/** Thresholds as they are shown. */
export function thresholdsOf(wanted: DefaultSettings['billing_thresholds']): Phase['billing_thresholds'] {
  if (!wanted) return null;
  return {
    amount_gte: wanted.amount_gte ?? null,
    reset_billing_cycle_anchor: wanted.reset_billing_cycle_anchor ?? null,
  };
}

/** A phase's own invoice settings; null where it has none. */
export function phaseInvoiceSettings(
  account: Account,
  wanted: InvoiceSettings | undefined,
): Phase['invoice_settings'] {
  if (!wanted) return null;
  return {
    ...usualSettings.invoice_settings,
    issuer: null,
    ...given({ ...checkedInvoiceSettings(account, wanted) }),
  };
}

function checkedInvoiceSettings(account: Account, wanted: InvoiceSettings | undefined) {
  if (wanted?.account_tax_ids) existingTaxIds(account, wanted.account_tax_ids);
  return wanted;
}

interface Collection {
  readonly method: NonNullable<Phase['collection_method']>;
  readonly days: number | null;
  readonly settings: NonNullable<Phase['invoice_settings']> | Settings['invoice_settings'];
}

/** How a phase is collected, with what it does not say itself taken from the schedule. */
export function collectionOf({ default_settings: usual }: Schedule, phase: Phase): Collection {
  const settings = phase.invoice_settings ?? usual.invoice_settings;
  const method = phase.collection_method ?? usual.collection_method ?? 'charge_automatically';
  const { days_until_due: days } = settings;
  return { method, days: days ?? usual.invoice_settings.days_until_due, settings };
}

/** What a request says of how invoices are shared, as schedules show it; what it does not name is absent. */
export function shownShares(wanted: WantedShares): Partial<PhaseShares> {
  const { application_fee_percent, on_behalf_of, transfer_data: data } = wanted;
  const transfer_data = data && {
    amount_percent: data.amount_percent ?? null,
    destination: data.destination,
  };
  return given({ application_fee_percent, on_behalf_of, transfer_data });
}
type WantedShares = Pick<DefaultSettings, keyof PhaseShares>;
type PhaseShares = Pick<Phase, 'application_fee_percent' | 'on_behalf_of' | 'transfer_data'>;

/** How the invoices of a phase are shared, with what it does not say itself taken from the schedule. */
export function sharesOf({ default_settings: usual }: Schedule, phase: Phase) {
  const data = phase.transfer_data ?? usual.transfer_data;
  return {
    application_fee_percent: phase.application_fee_percent ?? usual.application_fee_percent,
    on_behalf_of: phase.on_behalf_of ?? usual.on_behalf_of,
    transfer_data: data && {
      amount_percent: data.amount_percent ?? undefined,
      destination: data.destination,
    },
  };
}

/** Throws Stripe's refusals of accounts that invoices cannot be shared with, and of shares that do not go together. */
export function requireFittingShares(account: Account, schedule: Schedule): void {
  for (const [at, phase] of schedule.phases.entries())
    named(`phases[${at}]`, () => checkShares(account, sharesOf(schedule, phase)));
}

/** Throws Stripe's 400 where a phase sends invoices without saying when they are due, or says so where none are sent. */
export function requireDueDays(schedule: Schedule): void {
  const { invoice_settings: usual, collection_method: usually } = schedule.default_settings;
  if (usual.days_until_due !== null && usually !== 'send_invoice')
    throw refused(
      'default_settings[invoice_settings][days_until_due]',
      "`days_until_due` may only be specified for subscriptions with `collection_method`='send_invoice'.",
    );
  for (const [at, phase] of schedule.phases.entries()) {
    const { method, days } = collectionOf(schedule, phase);
    if (method === 'send_invoice' && days === null)
      throw missingParam(
        phase.collection_method === null
          ? 'default_settings[invoice_settings][days_until_due]'
          : `phases[${at}][invoice_settings][days_until_due]`,
      );
  }
}
