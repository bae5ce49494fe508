import { create, update } from '../events.ts';
import { type Call, declare, found, listed, type Resource, route } from '../resource.ts';
import { changed } from './change.ts';
import {
  blankConfiguration,
  type Configuration,
  configurations,
  type PortalProducts,
  portalProducts,
} from './configuration.ts';
import { createParams, listParams, sessionParams, updateParams } from './params.ts';
import { createPortalSession, portalSessions, portalUses } from './session.ts';

const permission = 'customer_portal';

function existing(call: Call<unknown>): Configuration {
  return found(call, configurations, 'configuration', 'configuration');
}

/** `/v1/billing_portal`. */
export const billingPortalResource: Resource = {
  collections: [
    declare(configurations),
    declare(portalProducts),
    declare(portalSessions),
    declare(portalUses),
  ],
  expand: {
    'billing_portal.configuration': {
      'features.subscription_update.products': (lookup, { id }) => {
        const stored = lookup(portalProducts.name, id) as PortalProducts | undefined;
        return stored?.products ?? [];
      },
    },
    'billing_portal.session': { configuration: [configurations.name] },
  },
  routes: [
    route(
      'POST',
      '/v1/billing_portal/configurations',
      { permission, params: createParams },
      ({ account, params }) => {
        const made = changed(account, blankConfiguration(account), params);
        return create(account, configurations, made, 'billing_portal.configuration.created');
      },
    ),
    route('GET', '/v1/billing_portal/configurations/:configuration', { permission }, existing),
    route(
      'POST',
      '/v1/billing_portal/configurations/:configuration',
      { permission, params: updateParams },
      (call) => {
        const next = changed(call.account, existing(call), call.params);
        return update(call.account, configurations, next, 'billing_portal.configuration.updated');
      },
    ),
    route('GET', '/v1/billing_portal/configurations', { permission, params: listParams }, (call) => {
      const { active, is_default: isDefault } = call.params;
      return listed(call, configurations, {
        where: (configuration) =>
          (active === undefined || configuration.active === active) &&
          (isDefault === undefined || configuration.is_default === isDefault),
      });
    }),
    route(
      'POST',
      '/v1/billing_portal/sessions',
      { permission, params: sessionParams },
      ({ account, params }) => createPortalSession(account, params),
    ),
  ],
};
