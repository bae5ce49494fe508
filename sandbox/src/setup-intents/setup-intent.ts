import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { actingApplication } from '../connect/application.ts';
import { create } from '../events.ts';
import { randomText } from '../ids.ts';
import type { AllowedType } from '../payment-methods/allowed-types.ts';
import {
  configurationDetails,
  defaultConfiguration,
  type MethodConfiguration,
  shownTypes,
} from '../payment-methods/configuration.ts';
import type { PaymentMethod } from '../payment-methods/payment-method.ts';
import { type ExcludableType, type MethodTypeName, methodType, redirects } from '../payment-methods/types.ts';
import { refused } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import type { Wire } from '../wire/shapes.ts';
import { type OptionChanges, optionsAfter } from './options.ts';

/** Its states are in `transitions.ts`. */
export type SetupIntent = Wire<Stripe.SetupIntent>;
export const setupIntents: CollectionSpec<SetupIntent, 'customer' | 'payment_method'> = {
  name: 'setup_intents',
  indexes: { customer: (intent) => intent.customer, payment_method: (intent) => intent.payment_method },
};

/** What Stripe keeps of an intent and does not show: the one payment that it is for. */
export interface SetupFacts {
  readonly id: string;
  readonly singleUse: { readonly amount: number; readonly currency: string };
}
export const setupFacts: CollectionSpec<SetupFacts> = { name: 'setup_intent_facts', indexes: {} };

export interface SetupInput {
  readonly customer: string | null;
  readonly method: PaymentMethod | null;
  readonly description?: string | null;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly allowedTypes?: readonly AllowedType[];
  readonly excludedTypes?: readonly ExcludableType[] | null;
  /** Whose kinds of methods are meant where none are named; absent: the account's default configuration. */
  readonly configuration?: MethodConfiguration;
  readonly methodTypes?: readonly AllowedType[];
  readonly allowRedirects?: 'always' | 'never';
  readonly onBehalfOf?: string;
  readonly options?: OptionChanges;
  readonly singleUse?: SetupFacts['singleUse'];
  readonly usage?: 'on_session' | 'off_session';
}

/** Makes an intent to save a method for later. */
export function createSetupIntent(account: Account, input: SetupInput): SetupIntent {
  const id = `seti_1${randomText(23)}`;
  const configuration = input.configuration ?? defaultConfiguration(account);
  const types = setupTypesFor({ ...input, configuration });
  const isOpen = !input.methodTypes && !input.allowedTypes;
  const intent: SetupIntent = {
    id,
    object: 'setup_intent',
    allowed_payment_method_types: input.allowedTypes ? [...input.allowedTypes] : null,
    application: actingApplication(account),
    automatic_payment_methods: input.methodTypes
      ? null
      : { allow_redirects: input.allowRedirects ?? 'always', enabled: true },
    cancellation_reason: null,
    client_secret: `${id}_secret_${randomText(25)}`,
    created: account.now(),
    customer: input.customer,
    description: input.description ?? null,
    excluded_payment_method_types: input.excludedTypes ? [...input.excludedTypes] : null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: account.livemode,
    mandate: null,
    metadata: input.metadata ?? {},
    next_action: null,
    on_behalf_of: input.onBehalfOf ?? null,
    payment_method: input.method?.id ?? null,
    payment_method_configuration_details: isOpen ? configurationDetails(configuration) : null,
    payment_method_options: optionsAfter(null, input.options, types),
    payment_method_types: types,
    single_use_mandate: null,
    status: input.method ? 'requires_confirmation' : 'requires_payment_method',
    usage: input.usage ?? 'off_session',
  };
  if (input.singleUse) account.of(setupFacts).put({ id, singleUse: input.singleUse });
  return create(account, setupIntents, intent, 'setup_intent.created');
}

/** What a configuration offers to be saved: what leads to another page has to be asked for by name. */
function savedTypes(configuration: MethodConfiguration): MethodTypeName[] {
  return shownTypes(configuration).filter((type) => methodType(type)?.keeps && !redirects(type));
}

/** The kinds of methods that can be saved. Throws Stripe's refusal of those that never can. */
export function setupTypesFor(
  input: Pick<SetupInput, 'allowedTypes' | 'allowRedirects' | 'excludedTypes' | 'methodTypes'> & {
    readonly configuration: MethodConfiguration;
  },
): AllowedType[] {
  const { allowRedirects, excludedTypes, methodTypes } = input;
  const wanted: readonly AllowedType[] = methodTypes ?? input.allowedTypes ?? savedTypes(input.configuration);
  const single = wanted.find((type) => !methodType(type)?.keeps);
  if (single !== undefined)
    throw refused(
      methodTypes ? 'payment_method_types' : 'allowed_payment_method_types',
      `The payment method type "${single}" cannot be used with SetupIntents: it is single-use.`,
    );
  if (methodTypes) return [...methodTypes];
  const fitting = wanted.filter(
    (type) =>
      !excludedTypes?.some((excluded) => excluded === type) &&
      !(allowRedirects === 'never' && redirects(type)),
  );
  if (fitting.length > 0) return fitting;
  throw refused(
    'allowed_payment_method_types',
    'No valid payment method types for this Setup Intent. Please ensure that you have activated payment methods that can be saved in your dashboard (https://dashboard.stripe.com/settings/payment_methods).',
  );
}
