import { money, scale } from '@purser/money';
import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { newId } from '../ids.ts';
import type { Invoice, InvoiceLine, LineTax } from '../invoices/invoice.ts';
import { timesQuantity } from '../invoices/item-cost.ts';
import { lineIn } from '../invoices/line-edit.ts';
import { creditedOn, sum, taxesOn } from '../invoices/totals.ts';
import { refused } from '../resource.ts';
import { existingTaxRates, taxRates } from '../tax-rates.ts';
import { missingParam } from '../wire/errors.ts';
import { applyMetadata, type Parsed } from '../wire/params.ts';
import { issuedNotes, type NoteLine } from './credit-note.ts';
import type { createParams } from './params.ts';

type LineParams = NonNullable<Parsed<typeof createParams>['lines']>[number];

/** The lines a request describes, each with its share of discounts and taxes. Throws Stripe's refusals. */
export function noteLines(account: Account, invoice: Invoice, lines: readonly LineParams[]): NoteLine[] {
  const made: NoteLine[] = [];
  for (const [at, params] of lines.entries()) {
    const path = `lines[${at}]`;
    made.push(
      params.type === 'invoice_line_item'
        ? creditOfLine(account, invoice, params, path, made)
        : customLine(account, invoice, params, path),
    );
  }
  return made;
}

/** The one line of a note that only names an amount, which is taken to be with everything. */
export function amountLine(account: Account, amount: number): NoteLine {
  return {
    ...blank(account),
    amount,
    type: 'custom_line_item',
    quantity: 1,
    unit_amount: amount,
    unit_amount_decimal: String(amount),
  };
}

function blank(account: Account) {
  return {
    id: newId('cnli', 24),
    object: 'credit_note_line_item',
    description: null,
    discount_amount: 0,
    discount_amounts: [],
    livemode: account.livemode,
    metadata: {},
    pretax_credit_amounts: [],
    tax_rates: [],
    taxes: [],
  } satisfies Partial<NoteLine>;
}

function customLine(account: Account, invoice: Invoice, params: LineParams, path: string): NoteLine {
  for (const name of ['amount', 'invoice_line_item'] as const)
    if (params[name] !== undefined)
      throw refused(`${path}[${name}]`, `\`${name}\` is only valid when \`type\` is \`invoice_line_item\`.`);
  const { unit_amount: whole, unit_amount_decimal: exact, quantity = 1, tax_amounts: taxAmounts } = params;
  if (whole !== undefined && exact !== undefined)
    throw refused(
      `${path}[unit_amount]`,
      'You may only specify one of these parameters: unit_amount, unit_amount_decimal.',
    );
  if (whole === undefined && exact === undefined) throw missingParam(`${path}[unit_amount]`);
  if (taxAmounts && params.tax_rates)
    throw refused(
      `${path}[tax_amounts]`,
      'You may only specify one of these parameters: tax_amounts, tax_rates.',
    );
  const unit = exact ?? String(whole);
  const amount = timesQuantity(unit, String(quantity), invoice.currency);
  const rates = existingTaxRates(account, params.tax_rates ?? [], `${path}[tax_rates]`);
  return {
    ...blank(account),
    amount,
    description: params.description ?? null,
    metadata: applyMetadata({}, params.metadata),
    quantity,
    tax_rates: rates,
    taxes: taxAmounts
      ? taxAmounts.map((tax, at) => statedTax(account, tax, `${path}[tax_amounts][${at}]`))
      : taxesOn(amount, rates, invoice.currency),
    type: 'custom_line_item',
    unit_amount: unit.includes('.') ? null : Number(unit),
    unit_amount_decimal: unit,
  };
}

function statedTax(
  account: Account,
  tax: { readonly amount: number; readonly tax_rate: string; readonly taxable_amount: number },
  path: string,
): LineTax {
  const [rate] = existingTaxRates(account, [tax.tax_rate], `${path}[tax_rate]`);
  return {
    amount: tax.amount,
    tax_behavior: rate?.inclusive ? 'inclusive' : 'exclusive',
    tax_rate_details: { tax_rate: tax.tax_rate },
    taxability_reason: 'not_available',
    taxable_amount: tax.taxable_amount,
    type: 'tax_rate_details',
  };
}

/** A credit of (a part of) one of the invoice's lines. What notes credit of a line never exceeds it, to the last unit. */
function creditOfLine(
  account: Account,
  invoice: Invoice,
  params: LineParams,
  path: string,
  before: readonly NoteLine[],
): NoteLine {
  if (params.invoice_line_item === undefined) throw missingParam(`${path}[invoice_line_item]`);
  for (const name of ['description', 'unit_amount', 'unit_amount_decimal', 'tax_rates'] as const)
    if (params[name] !== undefined)
      throw refused(`${path}[${name}]`, `\`${name}\` is only valid when \`type\` is \`custom_line_item\`.`);
  const line = lineIn(account, invoice, params.invoice_line_item, `${path}[invoice_line_item]`);
  const earlier = [...issuedNotes(account, invoice.id).flatMap((note) => note.lines.data), ...before].filter(
    (other) => other.invoice_line_item === line.id,
  );
  const gross = grossOf(line, params, path, earlier);
  const credited = sum(earlier.map((other) => other.amount));
  if (gross > line.amount - credited)
    throw refused(
      `${path}[amount]`,
      `The amount credited for the line item ${line.id} must not be greater than what is left of it (${line.amount - credited}).`,
    );
  return shareOfLine(account, line, params, { credited, gross, currency: invoice.currency });
}

/** The line's amount or that of a quantity of it, before discounts and exclusive tax. */
function grossOf(line: InvoiceLine, params: LineParams, path: string, earlier: readonly NoteLine[]): number {
  const { amount, quantity } = params;
  if (amount !== undefined && quantity !== undefined)
    throw refused(`${path}[amount]`, 'You may only specify one of these parameters: amount, quantity.');
  if (amount !== undefined) return amount;
  const whole = line.quantity ?? 1;
  const left = whole - sum(earlier.map((other) => other.quantity ?? 0));
  const wanted = quantity ?? Math.max(left, 1);
  if (wanted > left)
    throw refused(
      `${path}[quantity]`,
      `The quantity credited for the line item ${line.id} must not be greater than what is left of it (${left}).`,
    );
  const rest = line.amount - sum(earlier.map((other) => other.amount));
  return wanted === left && earlier.every((other) => other.quantity !== null)
    ? rest
    : Number(scale(money(line.amount, line.currency), BigInt(wanted), BigInt(Math.max(whole, 1))).minor);
}

function shareOfLine(
  account: Account,
  line: InvoiceLine,
  params: LineParams,
  { credited, gross, currency }: { credited: number; gross: number; currency: string },
): NoteLine {
  // The share up to here less the share so far: together the parts of a line are the line, exactly.
  const share = (whole: number) =>
    upTo(whole, credited + gross, line.amount, currency) - upTo(whole, credited, line.amount, currency);
  const discountAmounts = line.discount_amounts.map(({ amount, discount }) => ({
    amount: share(amount),
    discount,
  }));
  const taxes = params.tax_amounts
    ? params.tax_amounts.map((tax, at) => statedTax(account, tax, `tax_amounts[${at}]`))
    : line.taxes.map((tax) => ({
        ...tax,
        amount: share(tax.amount),
        taxable_amount: share(tax.taxable_amount),
      }));
  const unit = line.pricing?.unit_amount_decimal ?? null;
  const quantity = params.amount === undefined ? (params.quantity ?? line.quantity) : null;
  return {
    ...blank(account),
    amount: gross,
    description: line.description,
    discount_amount: sum(discountAmounts.map(({ amount }) => amount)),
    discount_amounts: discountAmounts,
    invoice_line_item: line.id,
    metadata: applyMetadata({}, params.metadata),
    pretax_credit_amounts: line.pretax_credit_amounts.map((entry) => ({
      ...entry,
      amount: share(entry.amount),
    })),
    quantity,
    tax_rates: line.taxes.flatMap((tax) => account.of(taxRates).get(tax.tax_rate_details.tax_rate) ?? []),
    taxes,
    type: 'invoice_line_item',
    unit_amount: quantity === null ? null : unit !== null && !unit.includes('.') ? Number(unit) : null,
    unit_amount_decimal: quantity === null ? null : unit,
  };
}

function upTo(whole: number, part: number, of: number, currency: string): number {
  return of === 0 ? 0 : Number(scale(money(whole, currency), BigInt(part), BigInt(of)).minor);
}

/** What lines come to, in minor units: total = amounts − discounts − billing credits + exclusive tax. */
export function noteTotals(lines: readonly NoteLine[]): {
  readonly subtotal: number;
  readonly discount: number;
  readonly credited: number;
  readonly exclusive: number;
  readonly inclusive: number;
} {
  const taxes = lines.flatMap((line) => line.taxes);
  const of = (behavior: Stripe.CreditNote.TotalTax.TaxBehavior) =>
    sum(taxes.filter((tax) => tax.tax_behavior === behavior).map((tax) => tax.amount));
  return {
    subtotal: sum(lines.map((line) => line.amount)),
    discount: sum(lines.map((line) => line.discount_amount)),
    credited: sum(lines.map(creditedOn)),
    exclusive: of('exclusive'),
    inclusive: of('inclusive'),
  };
}
