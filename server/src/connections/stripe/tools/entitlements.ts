import type Stripe from 'stripe';
import { z } from 'zod';
import type { Tool } from '../../../tools/tool.ts';
import { customerField } from '../fields.ts';
import { expanded, idOf } from '../pages.ts';
import { needs } from '../permissions.ts';
import { resolveCustomer } from '../references/customers.ts';
import { listFields, stripeList } from '../stripe-list.ts';
import type { Desk } from '../stripe-tool.ts';
import { compact } from '../views/shape.ts';

/** Tools about what customers may use. */
export function entitlementTools(desk: Desk): Tool[] {
  return [
    stripeList(desk, {
      name: 'list_active_entitlements',
      title: 'List entitlements',
      description:
        'What a customer may use now: the features of the products they are subscribed to, by name and lookup key.',
      input: z.strictObject({ customer: customerField, ...listFields }),
      permissions: needs('entitlement:read', 'customer:read'),
      words: {
        action: 'list',
        object: 'active_entitlement',
        synonyms: [
          'entitlements',
          'features',
          'access',
          'what may they use',
          'features may use',
          'features have',
          'what may use',
        ],
      },
      of: 'active_entitlement',
      async list({ customer: asked }, api) {
        const customer = await resolveCustomer(api, asked);
        return {
          pages: (page) =>
            api.entitlements.activeEntitlements.list({
              ...page,
              customer: customer.id,
              expand: ['data.feature'],
            }),
          row(entitlement) {
            const feature = expanded<Stripe.Entitlements.Feature>(entitlement.feature);
            return compact({
              id: entitlement.id,
              lookup_key: entitlement.lookup_key,
              feature: idOf(entitlement.feature),
              name: feature?.name,
            });
          },
          ref: (entitlement) => ({
            type: 'entitlements.active_entitlement',
            id: entitlement.id,
            label: entitlement.lookup_key,
          }),
        };
      },
    }),
  ];
}
