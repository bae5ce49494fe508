import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import type { Charge } from '../charges/charge.ts';
import type { Dispute } from '../disputes/dispute.ts';
import { create, update } from '../events.ts';
import { newId } from '../ids.ts';
import { declare, found, listed, type Resource, route } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { datedPageParams } from '../wire/pages.ts';
import { text } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';

export type EarlyFraudWarning = Wire<Stripe.Radar.EarlyFraudWarning>;
export const earlyFraudWarnings: CollectionSpec<EarlyFraudWarning, 'charge' | 'payment_intent'> = {
  name: 'radar_early_fraud_warnings',
  indexes: {
    charge: (warning) => warning.charge,
    payment_intent: (warning) => warning.payment_intent ?? null,
  },
};

/** An issuer tells that a payment is said to be fraudulent, before anybody disputes it. */
export function warnOfFraud(account: Account, charge: Charge): EarlyFraudWarning {
  const warning: EarlyFraudWarning = {
    id: newId('issfr', 24),
    object: 'radar.early_fraud_warning',
    actionable: true,
    charge: charge.id,
    created: account.now(),
    fraud_type: 'misc',
    livemode: account.livemode,
    ...(charge.payment_intent === null ? {} : { payment_intent: charge.payment_intent }),
  };
  return create(account, earlyFraudWarnings, warning, 'radar.early_fraud_warning.created');
}

/** Nothing can be done any more about a payment that was refunded in full or disputed. */
function settle(account: Account, charge: string): void {
  for (const warning of account.of(earlyFraudWarnings).by('charge', charge))
    update(
      account,
      earlyFraudWarnings,
      { ...warning, actionable: false },
      'radar.early_fraud_warning.updated',
    );
}

export const earlyFraudWarningResource: Resource = {
  collections: [declare(earlyFraudWarnings)],
  expand: { 'radar.early_fraud_warning': { charge: ['charges'], payment_intent: ['payment_intents'] } },
  listeners: {
    'charge.dispute.created': (account, object) => settle(account, (object as Dispute).charge),
    'charge.refunded': (account, object) => {
      const charge = object as Charge;
      if (charge.refunded) settle(account, charge.id);
    },
  },
  routes: [
    route(
      'GET',
      '/v1/radar/early_fraud_warnings',
      {
        permission: 'radar_early_fraud_warning',
        params: { ...datedPageParams, charge: text(), payment_intent: text() },
      },
      (call) => {
        const { charge, payment_intent: intent } = call.params;
        const index =
          charge !== undefined
            ? { index: 'charge', key: charge }
            : intent !== undefined
              ? { index: 'payment_intent', key: intent }
              : {};
        return listed(call, earlyFraudWarnings, index);
      },
    ),
    route(
      'GET',
      '/v1/radar/early_fraud_warnings/:early_fraud_warning',
      { permission: 'radar_early_fraud_warning' },
      (call) => found(call, earlyFraudWarnings, 'early fraud warning', 'early_fraud_warning'),
    ),
  ],
};
