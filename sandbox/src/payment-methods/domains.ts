import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { randomText } from '../ids.ts';
import { type Call, declare, found, given, listed, type Resource, route } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { requireDomain } from '../urls.ts';
import { pageParams } from '../wire/pages.ts';
import { boolean, type Parsed, required, text } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';

type MethodDomain = Wire<Stripe.PaymentMethodDomain>;
const methodDomains: CollectionSpec<MethodDomain, 'domain_name'> = {
  name: 'payment_method_domains',
  indexes: { domain_name: (domain) => domain.domain_name },
};

const permission = 'payment_method_domain';
const createParams = { domain_name: required(text(253)), enabled: boolean() } as const;
const listParams = { ...pageParams, domain_name: text(), enabled: boolean() } as const;

/** Registers a domain, or answers the one that is. Nobody looks whether it is the caller's, so that all is well with it. */
function createDomain(
  account: Account,
  { domain_name: given, enabled = true }: Parsed<typeof createParams>,
): MethodDomain {
  const name = requireDomain(given, 'domain_name');
  const known = account.of(methodDomains).newestBy('domain_name', name);
  if (known) return known;
  const fine = { status: 'active' } as const;
  return account.of(methodDomains).put({
    id: `pmd_1${randomText(23)}`,
    object: 'payment_method_domain',
    amazon_pay: fine,
    apple_pay: fine,
    created: account.now(),
    domain_name: name,
    enabled,
    google_pay: fine,
    klarna: fine,
    link: fine,
    livemode: account.livemode,
    paypal: fine,
  });
}

function existing(call: Call<unknown>): MethodDomain {
  return found(call, methodDomains, 'payment_method_domain', 'payment_method_domain');
}

/** `/v1/payment_method_domains`. */
export const methodDomainResource: Resource = {
  collections: [declare(methodDomains)],
  routes: [
    route('POST', '/v1/payment_method_domains', { permission, params: createParams }, ({ account, params }) =>
      createDomain(account, params),
    ),
    route('GET', '/v1/payment_method_domains/:payment_method_domain', { permission }, existing),
    route(
      'POST',
      '/v1/payment_method_domains/:payment_method_domain',
      { permission, params: { enabled: boolean() } },
      (call) => {
        const { enabled } = call.params;
        return call.account.of(methodDomains).put({ ...existing(call), ...given({ enabled }) });
      },
    ),
    route('POST', '/v1/payment_method_domains/:payment_method_domain/validate', { permission }, existing),
    route('GET', '/v1/payment_method_domains', { permission, params: listParams }, (call) => {
      const { domain_name: name, enabled } = call.params;
      return listed(call, methodDomains, {
        where: (domain) =>
          (name === undefined || domain.domain_name === name.toLowerCase()) &&
          (enabled === undefined || domain.enabled === enabled),
      });
    }),
  ],
};
