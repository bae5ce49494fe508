import type Stripe from 'stripe';
import type { Account } from './account.ts';
import { randomText } from './ids.ts';
import { type Call, declare, found, listed, type Resource, route } from './resource.ts';
import type { CollectionSpec } from './store/collection.ts';
import { requireDomain } from './urls.ts';
import { pageParams } from './wire/pages.ts';
import { required, text } from './wire/params.ts';
import type { Wire } from './wire/shapes.ts';

type ApplePayDomain = Wire<Stripe.ApplePayDomain>;
const applePayDomains: CollectionSpec<ApplePayDomain, 'domain_name'> = {
  name: 'apple_pay_domains',
  indexes: { domain_name: (domain) => domain.domain_name },
};

const permission = 'apple_pay_domain';

/** Registers a domain, or answers the one that is. */
function createDomain(account: Account, given: string): ApplePayDomain {
  const name = requireDomain(given, 'domain_name');
  const known = account.of(applePayDomains).newestBy('domain_name', name);
  return (
    known ??
    account.of(applePayDomains).put({
      id: `apwc_1${randomText(23)}`,
      object: 'apple_pay_domain',
      created: account.now(),
      domain_name: name,
      livemode: account.livemode,
    })
  );
}

function existing(call: Call<unknown>): ApplePayDomain {
  return found(call, applePayDomains, 'domain', 'domain');
}

/** `/v1/apple_pay/domains`: what there was before payment method domains. */
export const applePayDomainResource: Resource = {
  collections: [declare(applePayDomains)],
  routes: [
    route(
      'POST',
      '/v1/apple_pay/domains',
      { permission, params: { domain_name: required(text(253)) } },
      ({ account, params }) => createDomain(account, params.domain_name),
    ),
    route('GET', '/v1/apple_pay/domains/:domain', { permission }, existing),
    route('DELETE', '/v1/apple_pay/domains/:domain', { permission }, (call) => {
      const { id } = existing(call);
      call.account.of(applePayDomains).delete(id);
      return { id, object: 'apple_pay_domain', deleted: true } as const;
    }),
    route(
      'GET',
      '/v1/apple_pay/domains',
      { permission, params: { ...pageParams, domain_name: text() } },
      (call) => {
        const { domain_name: name } = call.params;
        return listed(call, applePayDomains, {
          where: (domain) => name === undefined || domain.domain_name === name.toLowerCase(),
        });
      },
    ),
  ],
};
