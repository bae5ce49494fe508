import type Stripe from 'stripe';
import { z } from 'zod';
import { type Json, type Tool, ToolError } from '../../../tools/tool.ts';
import { amountFrom, moved, shown, spoken, toStripe } from '../amounts.ts';
import { momentFor } from '../desk.ts';
import { amountField, currencyField, customerField, idField, momentField, textField } from '../fields.ts';
import { markedWrite, once } from '../marked-write.ts';
import { mark } from '../marks.ts';
import { idOf } from '../pages.ts';
import { needs } from '../permissions.ts';
import { customerById, resolveCustomer } from '../references/customers.ts';
import { listFields, stripeList } from '../stripe-list.ts';
import { type Desk, permitted } from '../stripe-tool.ts';
import { customerNamed, customerRef, sealedWho, whoIs, withWho } from '../views/customers.ts';
import { time } from '../views/shape.ts';
import { creditGrantRef, creditGrantRow, creditGrantView } from '../views/usage.ts';

/** What is left of all grants of a customer, per currency; undefined where the key may not read it. */
async function availableTo(api: Stripe, customer: string): Promise<Json | undefined> {
  const summary = await permitted(
    api.billing.creditBalanceSummaries.retrieve({
      customer,
      filter: { type: 'applicability_scope', applicability_scope: { price_type: 'metered' } },
    }),
  );
  return summary?.balances.flatMap(({ available_balance: { monetary } }) =>
    monetary ? [shown(monetary.value, monetary.currency)] : [],
  );
}

function listCreditGrants(desk: Desk): Tool {
  return stripeList(desk, {
    name: 'list_credit_grants',
    title: 'List credit grants',
    description:
      'Prepaid and promotional billing credits, newest first; with a customer, also what is left of them. These pay usage only: credit on a customer’s balance is another thing.',
    input: z.strictObject({ customer: customerField.optional(), ...listFields }),
    permissions: needs('billing_credit_grant:read'),
    words: {
      action: 'list',
      object: 'credit_grant',
      synonyms: ['credits', 'prepaid credits', 'billing credits'],
    },
    of: 'credit_grant',
    async list({ customer: asked }, api) {
      const customer = asked ? await resolveCustomer(api, asked) : undefined;
      const available = customer && (await availableTo(api, customer.id));
      return {
        pages: (page) =>
          api.billing.creditGrants.list({ ...page, ...(customer && { customer: customer.id }) }),
        ...(available !== undefined && { beside: { available } }),
        row: creditGrantRow,
        ref: creditGrantRef,
      };
    },
  });
}

const sealedGrant = z.object({
  who: sealedWho,
  amount: z.number().int(),
  currency: z.string(),
  category: z.enum(['paid', 'promotional']),
  name: z.string().optional(),
  expiresAt: z.number().int().optional(),
});

const grantInput = z.strictObject({
  customer: customerField,
  amount: amountField,
  currency: currencyField
    .optional()
    .describe('ISO code in lower case; the currency of the customer or account when left out.'),
  category: z.enum(['paid', 'promotional']).describe('"paid": they were bought. "promotional": a gift.'),
  name: textField('A name for them, seen only in Stripe.', 100).optional(),
  expires_at: momentField
    .optional()
    .describe('When what is left lapses: ISO date, or date and time with offset.'),
});

/** What the credits pay, and until when. */
async function planGrant(api: Stripe, desk: Desk, input: z.infer<typeof grantInput>) {
  const customer = await resolveCustomer(api, input.customer);
  const currency = input.currency ?? customer.currency ?? desk.account.defaultCurrency;
  if (!currency)
    throw new ToolError('missing_input', 'No currency was given.', { next: 'Ask for the currency.' });
  const amount = amountFrom(input.amount, currency);
  const minor = toStripe(amount);
  const expiresAt = input.expires_at ? await momentFor(desk, api, input.expires_at) : undefined;
  return {
    preview: {
      summary: `Grant ${customerNamed(customer)} ${spoken(minor, amount.currency)} of ${input.category} credits for usage`,
      facts: [
        { label: 'Pays', value: 'usage on later invoices, nothing else' },
        { label: 'Lapses', value: time(expiresAt) ?? 'never' },
        ...(input.name ? [{ label: 'Name', value: input.name }] : []),
        { label: 'Can be undone', value: 'with void_credit_grant, until some of it was used' },
      ],
      amount: moved(minor, amount.currency),
      objects: [customerRef(customer)],
    },
    sealed: {
      who: whoIs(customer),
      amount: minor,
      currency: amount.currency,
      category: input.category,
      name: input.name,
      expiresAt,
    },
  };
}

function createCreditGrant(desk: Desk): Tool {
  return markedWrite(desk, {
    name: 'create_credit_grant',
    title: 'Grant credits',
    description:
      'Grants a customer billing credits that pay for usage (metered prices) on later invoices: amount "50.00". "paid" for credits that were bought, "promotional" for a gift. No money moves by itself. To credit any invoice use adjust_customer_balance.',
    effect: 'money',
    input: grantInput,
    sealed: sealedGrant,
    permissions: needs('billing_credit_grant:write', 'customer:read'),
    words: {
      action: 'create',
      object: 'credit_grant',
      synonyms: [
        'grant',
        'prepaid credits',
        'gift credits',
        'billing credits',
        'promotional credits',
        'top up',
      ],
    },
    plan: (input, api) => planGrant(api, desk, input),
    send: ({ who, amount, currency, category, name, expiresAt }, api, context) =>
      api.billing.creditGrants.create(
        {
          customer: who.id,
          amount: { type: 'monetary', monetary: { value: amount, currency } },
          applicability_config: { scope: { price_type: 'metered' } },
          category,
          ...(name && { name }),
          ...(expiresAt !== undefined && { expires_at: expiresAt }),
          ...mark(context),
        },
        once(context),
      ),
    trace: ({ who }, api) => api.billing.creditGrants.list({ customer: who.id, limit: 100 }),
    tell: (grant, { who, amount, currency }) => ({
      view: withWho(creditGrantView(grant), who),
      record: grant,
      summary: `Granted ${customerNamed(who)} ${spoken(amount, currency)} of credits`,
      objects: [creditGrantRef(grant), customerRef(who)],
      undo: {
        tool: 'void_credit_grant',
        input: { credit_grant: grant.id },
        label: 'Take the credits back, until some of it was used',
      },
    }),
    withAmount: (input, amount) => ({ ...input, amount }),
  });
}

function voidCreditGrant(desk: Desk): Tool {
  return markedWrite(desk, {
    name: 'void_credit_grant',
    title: 'Void credit grant',
    description:
      'Takes billing credits back that were not used yet. Cannot be undone; grant them anew instead.',
    effect: 'destructive',
    input: z.strictObject({ credit_grant: idField('credit grant', 'credgr_') }),
    sealed: z.object({ id: z.string() }),
    permissions: needs('billing_credit_grant:write'),
    words: {
      action: 'void',
      object: 'credit_grant',
      synonyms: ['take credits back', 'revoke credits', 'credits'],
    },
    async plan(input, api) {
      const grant = await api.billing.creditGrants.retrieve(input.credit_grant.trim());
      if (grant.voided_at !== null) {
        throw new ToolError('nothing_to_change', `The credit grant ${grant.id} is void already.`, {
          next: 'Nothing needs to be done.',
        });
      }
      const ref = creditGrantRef(grant);
      const customer = await permitted(customerById(api, idOf(grant.customer) ?? ''));
      return {
        preview: {
          summary: `Take the credits ${ref.label} back`,
          facts: [{ label: 'Can be undone', value: 'no; they can be granted anew' }],
          objects: [ref, customerRef(customer ?? { id: idOf(grant.customer) ?? '' })],
        },
        sealed: { id: grant.id },
      };
    },
    async send({ id }, api, context) {
      await api.billing.creditGrants.update(id, mark(context), once(context));
      return api.billing.creditGrants.voidGrant(id, {}, once(context, 1));
    },
    trace: ({ id }, api) => api.billing.creditGrants.retrieve(id),
    isDone: ({ voided_at: at }) => at !== null,
    tell: (grant) => ({
      view: creditGrantView(grant),
      record: grant,
      summary: `Took the credits ${creditGrantRef(grant).label} back`,
      objects: [creditGrantRef(grant), { type: 'customer', id: idOf(grant.customer) ?? '' }],
    }),
  });
}

/** Tools about credits that pay for usage. */
export function creditGrantTools(desk: Desk): Tool[] {
  return [listCreditGrants(desk), createCreditGrant(desk), voidCreditGrant(desk)];
}
