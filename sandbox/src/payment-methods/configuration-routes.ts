import type { Account } from '../account.ts';
import { randomText } from '../ids.ts';
import {
  type Call,
  declare,
  found,
  given,
  listed,
  type Resource,
  referred,
  refused,
  route,
} from '../resource.ts';
import { pageParams } from '../wire/pages.ts';
import { boolean, emptyable, object, oneOf, type Parsed, text } from '../wire/params.ts';
import {
  blankConfiguration,
  defaultConfiguration,
  type MethodConfiguration,
  methodConfigurations,
  type Switchable,
  switchable,
  switched,
} from './configuration.ts';

const permission = 'payment_method_configuration';
const display = object({ display_preference: object({ preference: oneOf('none', 'off', 'on') }) });
const kinds = Object.fromEntries(switchable.map((kind) => [kind, display])) as Record<
  Switchable,
  typeof display
>;
const createParams = { ...kinds, name: text(100), parent: text() } as const;
const updateParams = { ...kinds, active: boolean(), name: text(100) } as const;
const listParams = { ...pageParams, active: boolean(), application: emptyable(text()) } as const;

/** The default is kept from the first time that somebody looks. */
function keepDefault(account: Account): void {
  account.of(methodConfigurations).put(defaultConfiguration(account));
}

function existing(call: Call<unknown>): MethodConfiguration {
  keepDefault(call.account);
  return found(call, methodConfigurations, 'payment_method_configuration', 'configuration');
}

function createFrom(account: Account, params: Parsed<typeof createParams>): MethodConfiguration {
  keepDefault(account);
  const { name, parent } = params;
  if (parent !== undefined)
    referred(account, methodConfigurations, 'payment_method_configuration', parent, 'parent');
  const blank = blankConfiguration(account, `pmc_1${randomText(23)}`);
  const made = withSwitches(account, { ...blank, parent: parent ?? null, ...given({ name }) }, params);
  return account.of(methodConfigurations).put(made);
}

function updateFrom(call: Call<Parsed<typeof updateParams>>): MethodConfiguration {
  const { account, params } = call;
  const before = existing(call);
  const { active, name } = params;
  if (active === false && before.is_default)
    throw refused('active', 'The default payment method configuration cannot be deactivated.');
  const next = withSwitches(account, { ...before, ...given({ active, name }) }, params);
  return account.of(methodConfigurations).put(next);
}

function withSwitches(
  account: Account,
  configuration: MethodConfiguration,
  params: { readonly [K in Switchable]?: Parsed<typeof kinds>[K] },
): MethodConfiguration {
  const { parent: id } = configuration;
  const parent = id === null ? undefined : account.of(methodConfigurations).get(id);
  const changed = switchable.flatMap((kind) => {
    const preference = params[kind]?.display_preference?.preference;
    return preference === undefined ? [] : [[kind, switched(kind, preference, parent)]];
  });
  return { ...configuration, ...Object.fromEntries(changed) };
}

/** `/v1/payment_method_configurations`. */
export const methodConfigurationResource: Resource = {
  collections: [declare(methodConfigurations)],
  routes: [
    route(
      'POST',
      '/v1/payment_method_configurations',
      { permission, params: createParams },
      ({ account, params }) => createFrom(account, params),
    ),
    route('GET', '/v1/payment_method_configurations/:configuration', { permission }, existing),
    route(
      'POST',
      '/v1/payment_method_configurations/:configuration',
      { permission, params: updateParams },
      updateFrom,
    ),
    route('GET', '/v1/payment_method_configurations', { permission, params: listParams }, (call) => {
      const { active, application } = call.params;
      keepDefault(call.account);
      return listed(call, methodConfigurations, {
        where: (one) =>
          (active === undefined || one.active === active) &&
          (application === undefined || one.application === application),
      });
    }),
  ],
};
