import type Stripe from 'stripe';
import type { Account } from './account.ts';
import { minute } from './clock.ts';
import { existingCustomer } from './customers.ts';
import { randomText } from './ids.ts';
import { type Resource, route } from './resource.ts';
import { missingParam } from './wire/errors.ts';
import {
  boolean,
  integer,
  list,
  object,
  oneOf,
  type Parsed,
  required,
  text,
  unsupported,
} from './wire/params.ts';
import type { Wire } from './wire/shapes.ts';

/** How long the secret of a session opens the customer's things. */
const openSeconds = 30 * minute;

const redisplay = oneOf('always', 'limited', 'unspecified');
const onOff = oneOf('disabled', 'enabled');
const plain = object({ enabled: required(boolean()) });
const filters = list(redisplay, 3);
const componentFields = {
  active_entitlements: plain,
  buy_button: plain,
  customer_portal: plain,
  customer_sheet: object({
    enabled: required(boolean()),
    features: object({ payment_method_allow_redisplay_filters: filters, payment_method_remove: onOff }),
  }),
  mobile_payment_element: object({
    enabled: required(boolean()),
    features: object({
      payment_method_allow_redisplay_filters: filters,
      payment_method_redisplay: onOff,
      payment_method_remove: onOff,
      payment_method_save: onOff,
      payment_method_save_allow_redisplay_override: redisplay,
    }),
  }),
  payment_element: object({
    enabled: required(boolean()),
    features: object({
      payment_method_allow_redisplay_filters: filters,
      payment_method_redisplay: onOff,
      payment_method_redisplay_limit: integer(1, 10),
      payment_method_remove: onOff,
      payment_method_save: onOff,
      payment_method_save_usage: oneOf('off_session', 'on_session'),
    }),
  }),
  pricing_table: plain,
} as const;
const createParams = {
  components: required(object(componentFields)),
  customer: text(),
  customer_account: unsupported(),
} as const;

type Components = Wire<Stripe.CustomerSession.Components>;

/** A customer's leave for Stripe's own components. Nothing of it is kept: they do not run here. */
function createSession(
  account: Account,
  { components, customer }: Parsed<typeof createParams>,
): Wire<Stripe.CustomerSession> {
  if (customer === undefined) throw missingParam('customer');
  const now = account.now();
  return {
    object: 'customer_session',
    client_secret: `cuss_secret_${randomText(48)}`,
    components: componentsOf(components),
    created: now,
    customer: existingCustomer(account, customer).id,
    customer_account: null,
    expires_at: now + openSeconds,
    livemode: account.livemode,
  };
}

const shown = {
  payment_method_allow_redisplay_filters: ['always' as const],
  payment_method_remove: 'disabled' as const,
};
const saved = { ...shown, payment_method_redisplay: 'disabled', payment_method_save: 'disabled' } as const;

function componentsOf(asked: Parsed<typeof componentFields>): Components {
  const { customer_sheet: sheet, mobile_payment_element: mobile, payment_element: element } = asked;
  const isOn = (component: { enabled: boolean } | undefined) => ({ enabled: component?.enabled ?? false });
  return {
    active_entitlements: isOn(asked.active_entitlements),
    buy_button: isOn(asked.buy_button),
    customer_portal: isOn(asked.customer_portal),
    customer_sheet: { ...isOn(sheet), features: sheet?.enabled ? { ...shown, ...sheet.features } : null },
    mobile_payment_element: {
      ...isOn(mobile),
      features: mobile?.enabled
        ? { ...saved, payment_method_save_allow_redisplay_override: null, ...mobile.features }
        : null,
    },
    payment_element: {
      ...isOn(element),
      features: element?.enabled
        ? {
            ...saved,
            payment_method_redisplay_limit: 3,
            payment_method_save_usage: null,
            ...element.features,
          }
        : null,
    },
    pricing_table: isOn(asked.pricing_table),
  };
}

/** `/v1/customer_sessions`. */
export const customerSessionResource: Resource = {
  expand: { customer_session: { customer: ['customers'] } },
  routes: [
    route(
      'POST',
      '/v1/customer_sessions',
      { permission: 'customer_session', params: createParams },
      ({ account, params }) => createSession(account, params),
    ),
  ],
};
