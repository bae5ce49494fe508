import type Stripe from 'stripe';
import { z } from 'zod';
import type { Tool } from '../../../tools/tool.ts';
import { isStripeError } from '../client.ts';
import { customerField } from '../fields.ts';
import { needs } from '../permissions.ts';
import { resolveCustomer } from '../references/customers.ts';
import { type Desk, permitted, type Said, stripeWrite } from '../stripe-tool.ts';
import { customerNamed, customerRef } from '../views/customers.ts';

/** Deletes; an answer that it is gone already counts as done, since a repeated DELETE carries no idempotency. */
async function remove(api: Stripe, id: string): Promise<unknown> {
  try {
    return await api.customers.del(id);
  } catch (error) {
    if (!isStripeError(error) || error.code !== 'resource_missing') throw error;
    const left = await api.customers.retrieve(id);
    if (!left.deleted) throw error;
    return left;
  }
}

function deleted(record: unknown, { id, label }: { id: string; label: string }): Said {
  return {
    view: { object: 'customer', id, name: label, deleted: true },
    record,
    summary: `Deleted customer ${label}`,
    objects: [{ type: 'customer', id, label }],
  };
}

/** Removes a customer; what it paid stays in the books. */
export function deleteCustomer(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'delete_customer',
    title: 'Delete customer',
    description:
      'Deletes one customer for good and ends its subscriptions at once. Past payments stay. Cannot be undone. Use it only when the person asks to delete or remove a customer.',
    effect: 'destructive',
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
          value: subscriptions ? `${ends}` : 'unknown: the key may not read them',
        },
        { label: 'Can be undone', value: 'no' },
      ];
      const summary = `Delete customer ${customerNamed(customer)} for good`;
      return {
        preview: { summary, facts, objects: [customerRef(customer)] },
        sealed: { id: customer.id, label: customerNamed(customer) },
      };
    },
    async act({ id, label }, api) {
      return deleted(await remove(api, id), { id, label });
    },
    async find({ id, label }, api) {
      const left = await api.customers.retrieve(id);
      return left.deleted ? deleted(left, { id, label }) : null;
    },
  });
}
