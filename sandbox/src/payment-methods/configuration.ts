import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { applicationOf } from '../connect/application.ts';
import { derivedText } from '../ids.ts';
import { refused } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import type { Wire } from '../wire/shapes.ts';
import { type MethodTypeName, methodTypeNames } from './types.ts';

/** Which kinds of methods customers are shown, as the dashboard's settings say it. */
export type MethodConfiguration = Wire<Stripe.PaymentMethodConfiguration>;
export const methodConfigurations: CollectionSpec<MethodConfiguration> = {
  name: 'payment_method_configurations',
  indexes: {},
};

/** What can be switched on and off: kinds of methods, and ways to use a card. */
export const switchable = [
  ...methodTypeNames,
  'apple_pay',
  'cartes_bancaires',
  'google_pay',
  'jcb',
] as const satisfies readonly (keyof MethodConfiguration)[];
export type Switchable = (typeof switchable)[number];
export type Preference = 'none' | 'off' | 'on';

/** What an account shows until it says otherwise, in the order in which it is shown. */
const shownFirst = ['card', 'klarna', 'link', 'amazon_pay'] as const satisfies readonly MethodTypeName[];
const onAtFirst: ReadonlySet<string> = new Set([
  ...shownFirst,
  'apple_pay',
  'cartes_bancaires',
  'google_pay',
]);

const inOrder: readonly MethodTypeName[] = [...new Set<MethodTypeName>([...shownFirst, ...methodTypeNames])];

/** Shows or hides a kind; without a preference it is as its parent has it or, without parent, as Stripe has it. */
export function switched(kind: Switchable, preference: Preference, parent: MethodConfiguration | undefined) {
  const inherited = parent?.[kind]?.display_preference.value ?? (onAtFirst.has(kind) ? 'on' : 'off');
  const value = preference === 'none' ? inherited : preference;
  return { available: value === 'on', display_preference: { overridable: null, preference, value } };
}

/** A configuration that shows what accounts show at first. */
export function blankConfiguration(account: Account, id: string): MethodConfiguration {
  const kinds = switchable.map((kind) => [
    kind,
    switched(kind, onAtFirst.has(kind) ? 'on' : 'off', undefined),
  ]);
  return {
    id,
    object: 'payment_method_configuration',
    active: true,
    application: account.platform ? applicationOf(account.platform) : null,
    is_default: false,
    livemode: account.livemode,
    name: 'Default',
    parent: null,
    ...Object.fromEntries(kinds),
  };
}

/** What each account's default configuration is at first: every payment asks for it, and it is long. */
const standards = new WeakMap<Account, MethodConfiguration>();

/** The configuration that counts where none is named. */
export function defaultConfiguration(account: Account): MethodConfiguration {
  let standard = standards.get(account);
  if (!standard) {
    const id = `pmc_1${derivedText(`payment methods of ${account.id}`, 23)}`;
    standard = { ...blankConfiguration(account, id), is_default: true };
    standards.set(account, standard);
  }
  return account.of(methodConfigurations).get(standard.id) ?? standard;
}

/** The configuration that a payment, or what leads to one, names. Throws Stripe's refusals of those that cannot count. */
export function configurationFor(account: Account, id: string | undefined): MethodConfiguration {
  const standard = defaultConfiguration(account);
  if (id === undefined || id === standard.id) return standard;
  const param = 'payment_method_configuration';
  const named = account.of(methodConfigurations).get(id);
  if (!named) throw refused(param, `No such payment_method_configuration: '${id}'`, 'resource_missing');
  if (named.active) return named;
  throw refused(param, `The payment method configuration ${id} is not active.`);
}

/** The kinds of methods that a configuration shows, in their order. */
export function shownTypes(configuration: MethodConfiguration): MethodTypeName[] {
  return inOrder.filter((type) => configuration[type]?.available === true);
}

/** A configuration as payments refer to it. */
export function configurationDetails({ id, parent }: MethodConfiguration) {
  return { id, parent };
}
