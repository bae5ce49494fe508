import { z } from 'zod';
import type { Json, Tool } from '../../../tools/tool.ts';
import { periodFor } from '../desk.ts';
import { countAllField, createdField, idField, limitField } from '../fields.ts';
import { follow, listSummary, listView } from '../pages.ts';
import { needs } from '../permissions.ts';
import { type Desk, stripeRead } from '../stripe-tool.ts';
import { eventRow } from '../views/balance.ts';
import { eventView } from '../views/event.ts';

/** Tools about what happened lately. */
export function eventTools(desk: Desk): Tool[] {
  return [
    stripeRead(desk, {
      name: 'list_events',
      title: 'List events',
      description:
        'What happened in the account in the last 30 days, newest first: type, object and time. Give type for one kind, such as "invoice.payment_failed" or "customer.*".',
      input: z.strictObject({
        type: z
          .string()
          .max(100)
          .optional()
          .describe('An event type such as "charge.failed"; "*" stands for anything after a dot.'),
        created: createdField.optional(),
        limit: limitField.optional(),
        count_all: countAllField.optional(),
      }),
      permissions: needs('event:read'),
      words: {
        action: 'list',
        object: 'event',
        synonyms: ['activity', 'history', 'log', 'what happened', 'webhook event'],
      },
      async read(input, api) {
        const created = await periodFor(desk, api, input.created);
        const filter = { ...(input.type && { type: input.type }), ...(created && { created }) };
        const listed = await follow((page) => api.events.list({ ...page, ...filter }), {
          enough: input.count_all ? undefined : (input.limit ?? 10),
        });
        return {
          view: listView('event', listed, eventRow, { limit: input.limit }),
          record: listed.items.slice(0, input.limit ?? 10),
          summary: listSummary(listed, 'event'),
          objects: listed.items
            .slice(0, input.limit ?? 10)
            .map(({ id, type }) => ({ type: 'event', id, label: type })),
        };
      },
    }),
    stripeRead(desk, {
      name: 'get_event',
      title: 'Get event',
      description: 'One event by id: what happened, when, and the facts of the object as they were then.',
      input: z.strictObject({ event: idField('event', 'evt_') }),
      permissions: needs('event:read'),
      words: { action: 'get', object: 'event', synonyms: ['webhook event', 'what happened'] },
      async read({ event: id }, api) {
        const event = await api.events.retrieve(id.trim());
        return {
          view: eventView(JSON.parse(JSON.stringify(event)) as Json),
          record: event,
          summary: `Read the event ${event.type}`,
          objects: [{ type: 'event', id: event.id, label: event.type }],
        };
      },
    }),
  ];
}
