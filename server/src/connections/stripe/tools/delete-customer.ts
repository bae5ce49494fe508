import { z } from 'zod';
import type { Tool } from '../../../tools/tool.ts';
import { customerField } from '../fields.ts';
import { stripeRemoval } from '../marked-write.ts';
import { needs } from '../permissions.ts';
import { resolveCustomer } from '../references/customers.ts';
import { type Desk, permitted } from '../stripe-tool.ts';
import { customerNamed, customerRef } from '../views/customers.ts';

/** Removes a customer; what it paid stays in the books. */
export function deleteCustomer(desk: Desk): Tool {
  return stripeRemoval(desk, {
    name: 'delete_customer',
    title: 'Delete customer',
    description:
      'Deletes one customer for good and ends its subscriptions at once. Past payments stay. Cannot be undone. Use it only when the person asks to delete or remove a customer.',
    of: 'customer',
    input: z.strictObject({ customer: customerField }),
    sealed: z.object({ id: z.string(), label: z.string() }),
    permissions: needs('customer:write'),
    words: { action: 'delete', object: 'customer', synonyms: ['remove', 'erase', 'client'] },
    async plan(input, api) {
      const customer = await resolveCustomer(api, input.customer);
      const subscriptions = await permitted(api.subscriptions.list({ customer: customer.id, limit: 100 }));
      const ends = subscriptions?.data.length ?? 0;
      const facts = [
        {
          label: 'Subscriptions that end at once',
          value: subscriptions
            ? `${ends}${subscriptions.has_more ? ' or more' : ''}`
            : 'unknown: the key may not read them',
        },
        { label: 'Can be undone', value: 'no' },
      ];
      const summary = `Delete customer ${customerNamed(customer)} for good`;
      return {
        preview: { summary, facts, objects: [customerRef(customer)] },
        sealed: { id: customer.id, label: customerNamed(customer) },
      };
    },
    remove: (id, api) => api.customers.del(id),
    retrieve: (id, api) => api.customers.retrieve(id),
  });
}
