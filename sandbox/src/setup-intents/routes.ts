import { requireOutsideCheckout } from '../payment-intents/ownership.ts';
import { type Call, declare, found, listed, type Resource, route } from '../resource.ts';
import { noSuch } from '../wire/errors.ts';
import { text } from '../wire/params.ts';
import { cancelSetupIntent, endSetupAction, verifySetupDeposits } from './act.ts';
import { setupActionOverJob } from './confirm.ts';
import {
  cancelParams,
  confirmParams,
  createParams,
  listParams,
  updateParams,
  verifyParams,
} from './params.ts';
import { confirmFrom, createFrom, outcome, updateFrom } from './requests.ts';
import { type SetupIntent, setupFacts, setupIntents } from './setup-intent.ts';

const permission = 'setup_intent';

function named(call: Call<unknown>): SetupIntent {
  return found(call, setupIntents, 'setupintent', 'intent');
}

/** `GET /v1/setup_intents/:id`. Whoever shows a client secret must show the right one. */
function retrieve(call: Call<{ client_secret?: string }>): SetupIntent {
  const intent = named(call);
  const { client_secret: secret } = call.params;
  if (secret !== undefined && secret !== intent.client_secret)
    throw noSuch('setupintent', intent.id, 'intent', 404);
  return intent;
}

export const setupIntentResource: Resource = {
  collections: [declare(setupIntents), declare(setupFacts)],
  expand: {
    setup_intent: {
      customer: ['customers'],
      latest_attempt: ['setup_attempts'],
      mandate: ['mandates'],
      on_behalf_of: ['accounts'],
      payment_method: ['payment_methods'],
      single_use_mandate: ['mandates'],
    },
  },
  jobs: { [setupActionOverJob]: endSetupAction },
  routes: [
    route('POST', '/v1/setup_intents', { permission, params: createParams }, ({ account, params }) =>
      createFrom(account, params),
    ),
    route('GET', '/v1/setup_intents', { permission, params: listParams }, (call) => {
      const { customer, payment_method: method } = call.params;
      const index =
        method !== undefined
          ? { index: 'payment_method', key: method }
          : customer !== undefined
            ? { index: 'customer', key: customer }
            : {};
      const where = (intent: SetupIntent) => customer === undefined || intent.customer === customer;
      return listed(call, setupIntents, { ...index, where });
    }),
    route('GET', '/v1/setup_intents/:intent', { permission, params: { client_secret: text() } }, retrieve),
    route('POST', '/v1/setup_intents/:intent', { permission, params: updateParams }, (call) =>
      updateFrom(call.account, named(call), call.params),
    ),
    route('POST', '/v1/setup_intents/:intent/confirm', { permission, params: confirmParams }, (call) =>
      confirmFrom(call.account, named(call), call.params),
    ),
    route('POST', '/v1/setup_intents/:intent/cancel', { permission, params: cancelParams }, (call) => {
      const intent = named(call);
      requireOutsideCheckout(call.account, intent);
      return cancelSetupIntent(call.account, intent, call.params.cancellation_reason ?? null);
    }),
    route(
      'POST',
      '/v1/setup_intents/:intent/verify_microdeposits',
      { permission, params: verifyParams },
      (call) => outcome(verifySetupDeposits(call.account, named(call), call.params)),
    ),
  ],
};
