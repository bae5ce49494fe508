import type Stripe from 'stripe';
import { refused } from '../resource.ts';
import { boolean, mapOf, object, type Parsed, required } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';

type Components = Wire<Stripe.AccountSession['components']>;

export const componentsParam = required(
  mapOf(object({ enabled: required(boolean()), features: mapOf(boolean()) })),
);
type Asked = ReturnType<(typeof componentsParam)['parse']>;
type AskedComponent = Parsed<{ enabled: ReturnType<typeof boolean> }> & {
  features?: Readonly<Record<string, boolean>>;
};

const signedIn = { disable_stripe_user_authentication: false, external_account_collection: true };
const payments = {
  capture_payments: true,
  destination_on_behalf_of_charge_management: false,
  dispute_management: true,
  refund_management: true,
  smart_disputes_management: false,
};
const payouts = { ...signedIn, edit_payout_schedule: true, instant_payouts: true, standard_payouts: true };
const cards = {
  card_management: true,
  card_spend_dispute_management: false,
  cardholder_management: false,
  spend_control_management: false,
};

/** What each component can do once it is enabled, unless told otherwise. */
const features = {
  account_management: signedIn,
  account_onboarding: signedIn,
  balance_report: {},
  balances: payouts,
  disputes_list: payments,
  documents: {},
  financial_account: { ...signedIn, send_money: false, transfer_balance: false },
  financial_account_transactions: { card_spend_dispute_management: false },
  instant_payouts_promotion: { ...signedIn, instant_payouts: true },
  issuing_card: cards,
  issuing_cards_list: { ...cards, disable_stripe_user_authentication: false },
  notification_banner: signedIn,
  payment_details: payments,
  payment_disputes: {
    destination_on_behalf_of_charge_management: false,
    dispute_management: true,
    refund_management: true,
    smart_disputes_management: false,
  },
  payment_method_settings: { disable_stripe_user_authentication: false },
  payments,
  payout_details: {},
  payout_reconciliation_report: {},
  payouts,
  payouts_list: {},
  reporting_chart: {},
  tax_registrations: {},
  tax_settings: {},
  terminal_hardware_orders: {},
  terminal_hardware_shop: {},
} as const satisfies { [Name in keyof Components]: Components[Name]['features'] };

function unknown(name: string) {
  return refused(name, `Received unknown parameter: ${name}`, 'parameter_unknown');
}

/** A component as a session answers it; what is not enabled can do nothing. */
function component<F extends Readonly<Record<string, boolean>>>(
  defaults: F,
  asked: AskedComponent | undefined,
) {
  const isEnabled = asked?.enabled ?? false;
  const chosen: Record<string, boolean> = { ...defaults, ...asked?.features };
  const shown = Object.keys(defaults).map((name) => [name, isEnabled && chosen[name] === true]);
  return { enabled: isEnabled, features: { ...defaults, ...Object.fromEntries(shown) } };
}

/** All components of a session. Throws Stripe's refusals of names it does not know and of sessions for nothing. */
export function componentsOf(asked: Asked): Components {
  const known = new Map<string, object>(Object.entries(features));
  for (const [name, { features: wanted = {} }] of Object.entries(asked)) {
    const defaults = known.get(name);
    if (!defaults) throw unknown(`components[${name}]`);
    const odd = Object.keys(wanted).find((feature) => !Object.hasOwn(defaults, feature));
    if (odd !== undefined) throw unknown(`components[${name}][features][${odd}]`);
  }
  if (!Object.values(asked).some(({ enabled }) => enabled))
    throw refused('components', 'At least one component must be enabled.');
  const shown = <Name extends keyof Components>(name: Name) => component(features[name], asked[name]);
  return {
    account_management: shown('account_management'),
    account_onboarding: shown('account_onboarding'),
    balance_report: shown('balance_report'),
    balances: shown('balances'),
    disputes_list: shown('disputes_list'),
    documents: shown('documents'),
    financial_account: shown('financial_account'),
    financial_account_transactions: shown('financial_account_transactions'),
    instant_payouts_promotion: shown('instant_payouts_promotion'),
    issuing_card: shown('issuing_card'),
    issuing_cards_list: shown('issuing_cards_list'),
    notification_banner: shown('notification_banner'),
    payment_details: shown('payment_details'),
    payment_disputes: shown('payment_disputes'),
    payment_method_settings: shown('payment_method_settings'),
    payments: shown('payments'),
    payout_details: shown('payout_details'),
    payout_reconciliation_report: shown('payout_reconciliation_report'),
    payouts: shown('payouts'),
    payouts_list: shown('payouts_list'),
    reporting_chart: shown('reporting_chart'),
    tax_registrations: shown('tax_registrations'),
    tax_settings: shown('tax_settings'),
    terminal_hardware_orders: shown('terminal_hardware_orders'),
    terminal_hardware_shop: shown('terminal_hardware_shop'),
  };
}
