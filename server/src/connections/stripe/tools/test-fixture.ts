import type Stripe from 'stripe';
import { z } from 'zod';
import { type ActContext, type Tool, ToolError } from '../../../tools/tool.ts';
import { spoken } from '../amounts.ts';
import { idField, textField } from '../fields.ts';
import { findMade, mark } from '../marks.ts';
import { needs } from '../permissions.ts';
import { type Desk, type Said, stripeWrite } from '../stripe-tool.ts';
import { compact } from '../views/shape.ts';
import { requireTestMode } from './test-clocks.ts';

/** What can be made, with the card that makes it so (docs.stripe.com/testing). */
const kinds = {
  paying_customer: { card: 'pm_card_visa', subscribes: false, says: 'a customer whose card pays' },
  declining_customer: {
    ...{ card: 'pm_card_chargeCustomerFail', subscribes: false },
    says: 'a customer whose saved card is declined whenever it is charged',
  },
  authenticating_customer: {
    ...{ card: 'pm_card_authenticationRequired', subscribes: false },
    says: 'a customer whose bank wants 3D Secure for each payment',
  },
  cardless_customer: { card: null, subscribes: false, says: 'a customer without a card' },
  subscriber: { card: 'pm_card_visa', subscribes: true, says: 'a customer with a paid monthly subscription' },
} as const;
type KindName = keyof typeof kinds;
const kindNames = Object.keys(kinds) as [KindName, ...KindName[]];

/** A month of the subscription, in minor units of the account's currency. */
const monthly = 2_000;

const sealedFixture = z.object({
  kind: z.enum(kindNames),
  name: z.string(),
  email: z.string(),
  currency: z.string(),
  test_clock: z.string().optional(),
});
type Fixture = z.infer<typeof sealedFixture>;

/** Makes it, step by step; each has its own key, so that a resumed act makes nothing twice. */
async function make(api: Stripe, fixture: Fixture, context: ActContext) {
  const { card, subscribes } = kinds[fixture.kind];
  const { name, email, test_clock } = fixture;
  const key = (part: number) => ({ idempotencyKey: context.idempotencyKey(part) });
  const customer = await api.customers.create(
    { name, email, ...(test_clock && { test_clock }), ...mark(context) },
    key(0),
  );
  if (!card) return { customer };
  const method = await api.paymentMethods.attach(card, { customer: customer.id }, key(1));
  await api.customers.update(
    customer.id,
    { invoice_settings: { default_payment_method: method.id } },
    key(2),
  );
  if (!subscribes) return { customer, method };
  const price = await api.prices.create(
    {
      ...{ currency: fixture.currency, unit_amount: monthly, recurring: { interval: 'month' } },
      ...{ product_data: { name: 'Test plan' }, ...mark(context) },
    },
    key(3),
  );
  const subscription = await api.subscriptions.create(
    { customer: customer.id, items: [{ price: price.id }], ...mark(context) },
    key(4),
  );
  return { customer, method, subscription };
}

function said(
  { kind, test_clock }: Fixture,
  made: {
    customer: Stripe.Customer;
    method?: Stripe.PaymentMethod;
    subscription?: Stripe.Subscription;
  },
): Said {
  const { customer, method, subscription } = made;
  const label = customer.name ?? customer.id;
  return {
    view: compact({
      object: 'test_fixture',
      kind,
      customer: customer.id,
      name: customer.name,
      email: customer.email,
      payment_method: method?.id,
      subscription: subscription?.id,
      subscription_status: subscription?.status,
      test_clock,
    }),
    record: made,
    summary: `Made ${label}, ${kinds[kind].says}`,
    objects: [
      { type: 'customer', id: customer.id, label },
      ...(subscription ? [{ type: 'subscription', id: subscription.id }] : []),
    ],
    undo: { tool: 'delete_customer', input: { customer: customer.id }, label: `Delete ${label} again` },
  };
}

/** People to try things with. */
export function testFixtureTools(desk: Desk): Tool[] {
  return [
    stripeWrite(desk, {
      name: 'create_test_fixture',
      title: 'Create test data',
      description: `Test mode only: makes people to try things with: ${kindNames.map((name) => `"${name}" (${kinds[name].says})`).join(', ')}. One at a time.`,
      effect: 'write',
      canUndo: 'no, but all of it is test data',
      input: z.strictObject({
        kind: z.enum(kindNames).describe('What to make.'),
        name: textField('The customer’s name. Default "Test Customer".', 200).optional(),
        email: z.email().max(320).optional().describe('Their e-mail address. Default: at example.com.'),
        test_clock: idField('test clock', 'clock_').optional(),
      }),
      sealed: sealedFixture,
      permissions: needs(
        'customer:write',
        'payment_method:write',
        'plan:write',
        'product:write',
        'subscription:write',
        'billing_clock:read',
      ),
      words: {
        action: 'create',
        object: 'test_fixture',
        synonyms: [
          'test data',
          'test customer',
          'sample customer',
          'failing customer',
          'demo customer',
          'sample subscriber',
          'test subscriber',
          'customer with a failing card',
          'customer whose card fails',
          'customer whose card is declined',
        ],
      },
      async plan({ kind, name = 'Test Customer', email, test_clock: clock }, api) {
        requireTestMode(desk, 'Test customers');
        const test_clock = clock && (await api.testHelpers.testClocks.retrieve(clock.trim())).id;
        const address = email ?? `${kind.replaceAll('_', '.')}@example.com`;
        const currency = desk.account.defaultCurrency ?? 'usd';
        return {
          preview: {
            summary: `Make ${name}, ${kinds[kind].says}`,
            facts: [
              { label: 'E-mail', value: address },
              { label: 'Test card', value: kinds[kind].card ?? 'none' },
              ...(kinds[kind].subscribes
                ? [{ label: 'Pays', value: `${spoken(monthly, currency)} a month, of test money` }]
                : []),
              ...(test_clock ? [{ label: 'Lives on', value: test_clock }] : []),
            ],
            objects: [],
          },
          sealed: { kind, name, email: address, currency, ...(test_clock && { test_clock }) },
        };
      },
      act: async (fixture, api, context) => said(fixture, await make(api, fixture, context)),
      async find(fixture, api, look) {
        const customer = await findMade(api.customers.list({ email: fixture.email, limit: 100 }), look);
        if (!customer) return null;
        const { card, subscribes } = kinds[fixture.kind];
        const [method] = card ? (await api.customers.listPaymentMethods(customer.id, { limit: 1 })).data : [];
        const subscription = subscribes
          ? await findMade(api.subscriptions.list({ customer: customer.id, status: 'all', limit: 100 }), look)
          : null;
        const isDefault = !card || customer.invoice_settings.default_payment_method !== null;
        if (!isDefault || (subscribes && !subscription))
          throw new ToolError('unfinished', `${customer.id} was made, and not all that belongs to it.`);
        return said(fixture, {
          customer,
          ...(method && { method }),
          ...(subscription && { subscription }),
        });
      },
    }),
  ];
}
