import { type Call, declare, found, listed, type Resource, route, searched } from '../resource.ts';
import { embeddedList } from '../wire/pages.ts';
import type { Parsed } from '../wire/params.ts';
import { searchParams } from '../wire/search.ts';
import { type Charge, charges, settleCharge, settleJob } from './charge.ts';
import { radarRules } from './outcome.ts';
import { captureParams, createParams, listParams, searchFields, updateParams } from './params.ts';
import { captureDirectly, changeCharge, chargeDirectly, chargeExpiryJob, expireCharge } from './requests.ts';

const permission = 'charge';

function list(call: Call<Parsed<typeof listParams>>) {
  const { customer, payment_intent: intent, transfer_group: group } = call.params;
  const index =
    intent !== undefined
      ? { index: 'payment_intent', key: intent }
      : group !== undefined
        ? { index: 'transfer_group', key: group }
        : customer !== undefined
          ? { index: 'customer', key: customer }
          : {};
  return listed(call, charges, {
    ...index,
    where: (charge) =>
      (customer === undefined || charge.customer === customer) &&
      (group === undefined || charge.transfer_group === group),
  });
}

export const chargeResource: Resource = {
  collections: [declare(charges)],
  jobs: { [chargeExpiryJob]: expireCharge, [settleJob]: settleCharge },
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
      'payment_method_details.card.mandate': ['mandates'],
      'payment_method_details.us_bank_account.mandate': ['mandates'],
      review: ['reviews'],
      source_transfer: ['transfers'],
      transfer: ['transfers'],
      'transfer_data.destination': ['accounts'],
      refunds: (lookup, charge) =>
        embeddedList([...lookup.by('refunds', 'charge', charge.id)], `/v1/charges/${charge.id}/refunds`),
    },
  },
  routes: [
    route('POST', '/v1/charges', { permission, params: createParams }, ({ account, params }) =>
      chargeDirectly(account, params),
    ),
    route('GET', '/v1/charges/search', { permission, params: searchParams }, (call) =>
      searched(call, charges, searchFields),
    ),
    route('GET', '/v1/charges', { permission, params: listParams }, list),
    route('GET', '/v1/charges/:id', { permission }, (call) => found(call, charges, 'charge')),
    route('POST', '/v1/charges/:id', { permission, params: updateParams }, (call) =>
      changeCharge(call.account, found(call, charges, 'charge'), call.params),
    ),
    route('POST', '/v1/charges/:id/capture', { permission, params: captureParams }, (call) =>
      captureDirectly(call.account, found(call, charges, 'charge'), call.params),
    ),
  ],
};
