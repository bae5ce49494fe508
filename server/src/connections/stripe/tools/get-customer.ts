import type Stripe from 'stripe';
import { z } from 'zod';
import type { Json, Tool } from '../../../tools/tool.ts';
import { fromStripe, totals } from '../amounts.ts';
import { customerField } from '../fields.ts';
import { needs } from '../permissions.ts';
import { resolveCustomer } from '../references/customers.ts';
import { type Desk, permitted, stripeRead } from '../stripe-tool.ts';
import { invoiceRow, subscriptionRow } from '../views/billing.ts';
import { customerLabel, customerRef, customerView } from '../views/customers.ts';
import { chargeRow } from '../views/payments.ts';
import { compact } from '../views/shape.ts';
import { taxIdView } from '../views/tax-ids.ts';

/** So many of the newest payments tell how a customer pays. */
const looked = 100;

const riskLevels = ['highest', 'elevated', 'normal'];

/** How a customer's payments went, as far as the newest of them tell. */
function riskOf(charges: Stripe.ApiList<Stripe.Charge>): Json {
  const { data, has_more: hasMore } = charges;
  const levels = new Set(data.map((charge) => charge.outcome?.risk_level));
  const ofStatus = (status: string) => data.filter((charge) => charge.status === status);
  return compact({
    payments_looked_at: data.length,
    complete: !hasMore,
    highest_risk_level: riskLevels.find((level) => levels.has(level)),
    failed_payments: ofStatus('failed').length,
    disputed_payments: data.filter((charge) => charge.disputed).length,
    ...(!hasMore && {
      paid: totals(
        ofStatus('succeeded').map((charge) => fromStripe(charge.amount_captured, charge.currency)),
      ),
      refunded: totals(
        data
          .filter((charge) => charge.amount_refunded > 0)
          .map((charge) => fromStripe(charge.amount_refunded, charge.currency)),
      ),
    }),
  });
}

/** Everything one asks about a customer first, in one card. What the key may not read is left out, and named. */
export function getCustomer(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'get_customer',
    title: 'Get customer',
    description:
      'One customer by id, e-mail or name, in one card: contact, balance, tax ids, subscriptions, last invoices and payments, and how risky their payments were. When several match, they come back as candidates: ask which one is meant.',
    input: z.strictObject({ customer: customerField }),
    permissions: needs('customer:read'),
    words: { action: 'get', object: 'customer', synonyms: ['client', 'subscriber', 'profile', 'contact'] },
    async read(input, api) {
      const customer = await resolveCustomer(api, input.customer);
      const { id } = customer;
      const [taxIds, subscriptions, invoices, charges] = await Promise.all([
        permitted(api.customers.listTaxIds(id, { limit: 10 })),
        permitted(api.subscriptions.list({ customer: id, limit: 10 })),
        permitted(api.invoices.list({ customer: id, limit: 3 })),
        permitted(api.charges.list({ customer: id, limit: looked })),
      ]);
      const hidden = Object.entries({ tax_ids: taxIds, subscriptions, invoices, payments: charges })
        .filter(([, list]) => list === undefined)
        .map(([name]) => name);
      const recent = charges?.data.slice(0, 3);
      const view = {
        ...customerView(customer),
        ...(taxIds && taxIds.data.length > 0 && { tax_ids: taxIds.data.map(taxIdView) }),
        ...(subscriptions && {
          subscriptions: subscriptions.data.map((row) => subscriptionRow(row, new Map())),
          ...(subscriptions.has_more && { subscriptions_complete: false }),
        }),
        ...(invoices && { recent_invoices: invoices.data.map(invoiceRow) }),
        ...(recent && { recent_payments: recent.map(chargeRow) }),
        ...(charges && charges.data.length > 0 && { risk: riskOf(charges) }),
        ...(hidden.length > 0 && { not_readable_with_this_key: hidden }),
      };
      const lists = { taxIds: taxIds?.data, subscriptions: subscriptions?.data, invoices: invoices?.data };
      return {
        view,
        record: { customer, ...lists, charges: recent },
        summary: `Read customer ${customerLabel(customer)}`,
        objects: [customerRef(customer)],
      };
    },
  });
}
