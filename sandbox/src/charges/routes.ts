import type { Account } from '../account.ts';
import { shippingFields } from '../addresses.ts';
import { externalAccountParam } from '../connect/external-accounts.ts';
import { existingCustomer } from '../customers.ts';
import { followUp } from '../disputes/follow-up.ts';
import { update } from '../events.ts';
import { declinedFault } from '../payment-methods/attach.ts';
import { needsDeposits } from '../payment-methods/deposits.ts';
import { resolveSource } from '../payment-methods/sources.ts';
import { declare, found, given, listed, type Resource, refused, route, searched } from '../resource.ts';
import { missingParam } from '../wire/errors.ts';
import { datedPageParams, embeddedList } from '../wire/pages.ts';
import {
  applyMetadata,
  boolean,
  integer,
  metadata,
  object,
  type Parsed,
  required,
  text,
  unsettableText,
} from '../wire/params.ts';
import { searchParams } from '../wire/search.ts';
import { chargeAmount, chargeCurrency, checkCharge } from './amounts.ts';
import { type Charge, captureCharge, charges, createCharge, settleCharge, settleJob } from './charge.ts';
import { radarRules } from './outcome.ts';
import { shippingOf } from './shipping.ts';
import { changedSplit, splitFields, splitOf, splitUpdateFields } from './split.ts';

const createParams = {
  ...splitFields,
  amount: required(chargeAmount),
  currency: required(chargeCurrency),
  capture: boolean(),
  customer: text(),
  description: unsettableText(),
  metadata: metadata(),
  receipt_email: text(),
  shipping: object(shippingFields),
  source: externalAccountParam,
  statement_descriptor: text(22),
  statement_descriptor_suffix: text(22),
} as const;
const updateParams = {
  customer: text(),
  description: unsettableText(),
  fraud_details: object({ user_report: text() }),
  metadata: metadata(),
  receipt_email: text(),
  shipping: object(shippingFields),
  transfer_group: text(),
} as const;
const captureParams = {
  ...splitUpdateFields,
  amount: integer(1),
  receipt_email: text(),
  statement_descriptor: text(22),
  statement_descriptor_suffix: text(22),
} as const;
const searchFields = {
  amount: 'number',
  created: 'number',
  currency: 'token',
  customer: 'token',
  disputed: 'token',
  refunded: 'token',
  status: 'token',
  'billing_details.address.postal_code': 'token',
  'payment_method_details.card.brand': 'token',
  'payment_method_details.card.last4': 'token',
  'payment_method_details.card.exp_month': 'number',
  'payment_method_details.card.exp_year': 'number',
  'payment_method_details.card.fingerprint': 'token',
} as const;

/** The old way to pay: a token or a customer's default card, charged at once. */
function chargeDirectly(account: Account, params: Parsed<typeof createParams>) {
  checkCharge(account, params.amount, params.currency);
  const customer = params.customer === undefined ? null : existingCustomer(account, params.customer);
  const source =
    params.source ?? (typeof customer?.default_source === 'string' ? customer.default_source : undefined);
  if (source === undefined) {
    if (!customer) throw missingParam('source');
    throw refused('card', 'Cannot charge a customer that has no active card', 'missing');
  }
  const method = resolveSource(account, source, 'source');
  if (needsDeposits(account, method))
    throw refused(
      'source',
      "The customer's bank account must be verified in order to create an ACH payment.",
      'bank_account_unverified',
    );
  const { charge, decline } = createCharge(account, {
    amount: params.amount,
    currency: params.currency,
    method,
    customer: customer?.id ?? null,
    paymentIntent: null,
    capture: params.capture ?? true,
    description: params.description ?? null,
    metadata: applyMetadata({}, params.metadata),
    receiptEmail: params.receipt_email ?? null,
    shipping: shippingOf(params.shipping),
    statementDescriptor: params.statement_descriptor ?? null,
    statementDescriptorSuffix: params.statement_descriptor_suffix ?? null,
    threeDSecure: null,
    split: splitOf(account, params, params.amount),
  });
  if (decline) throw declinedFault(decline, { charge: charge.id }, { keeps: true });
  return followUp(account, charge);
}

export const chargeResource: Resource = {
  collections: [declare(charges)],
  jobs: { [settleJob]: settleCharge },
  expand: {
    charge: {
      application_fee: ['application_fees'],
      balance_transaction: ['balance_transactions'],
      customer: ['customers'],
      'outcome.rule': (_lookup, charge) => radarRules[String((charge as Charge).outcome?.rule)],
      failure_balance_transaction: ['balance_transactions'],
      on_behalf_of: ['accounts'],
      payment_intent: ['payment_intents'],
      payment_method: ['payment_methods'],
      source_transfer: ['transfers'],
      transfer: ['transfers'],
      'transfer_data.destination': ['accounts'],
      refunds: (lookup, charge) =>
        embeddedList([...lookup.by('refunds', 'charge', charge.id)], `/v1/charges/${charge.id}/refunds`),
    },
  },
  routes: [
    route('POST', '/v1/charges', { permission: 'charge', params: createParams }, ({ account, params }) =>
      chargeDirectly(account, params),
    ),
    route('GET', '/v1/charges/search', { permission: 'charge', params: searchParams }, (call) =>
      searched(call, charges, searchFields),
    ),
    route(
      'GET',
      '/v1/charges',
      {
        permission: 'charge',
        params: { ...datedPageParams, customer: text(), payment_intent: text(), transfer_group: text() },
      },
      (call) => {
        const { customer, payment_intent: intent } = call.params;
        const index =
          intent !== undefined
            ? { index: 'payment_intent', key: intent }
            : customer !== undefined
              ? { index: 'customer', key: customer }
              : {};
        return listed(call, charges, {
          ...index,
          where: (charge) => customer === undefined || charge.customer === customer,
        });
      },
    ),
    route('GET', '/v1/charges/:id', { permission: 'charge' }, (call) => found(call, charges, 'charge')),
    route('POST', '/v1/charges/:id', { permission: 'charge', params: updateParams }, (call) => {
      const charge = found(call, charges, 'charge');
      const {
        customer,
        fraud_details: fraud,
        metadata: meta,
        shipping,
        description,
        receipt_email: email,
      } = call.params;
      if (customer !== undefined && charge.customer !== null && charge.customer !== customer)
        throw refused('customer', 'The customer of a charge cannot be changed.');
      return update(
        call.account,
        charges,
        {
          ...charge,
          ...given({ description, receipt_email: email }),
          customer: customer === undefined ? charge.customer : existingCustomer(call.account, customer).id,
          fraud_details:
            fraud?.user_report === undefined
              ? charge.fraud_details
              : { ...charge.fraud_details, user_report: fraud.user_report },
          shipping: shipping === undefined ? charge.shipping : shippingOf(shipping),
          metadata: applyMetadata(charge.metadata, meta),
        },
        'charge.updated',
      );
    }),
    route('POST', '/v1/charges/:id/capture', { permission: 'charge', params: captureParams }, (call) => {
      const charge = found(call, charges, 'charge');
      if (charge.payment_intent !== null)
        throw refused('id', 'This charge belongs to a PaymentIntent; capture the PaymentIntent instead.');
      if (charge.captured)
        throw refused('id', `Charge ${charge.id} has already been captured.`, 'charge_already_captured');
      const { amount = charge.amount } = call.params;
      if (amount > charge.amount)
        throw refused(
          'amount',
          'You cannot capture a charge for an amount greater than it already has.',
          'amount_too_large',
        );
      const shared = { ...charge, ...changedSplit(call.account, charge, call.params, amount) };
      return followUp(call.account, captureCharge(call.account, shared, amount));
    }),
  ],
};
