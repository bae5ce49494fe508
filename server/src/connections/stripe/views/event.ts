import type { Json } from '../../../tools/tool.ts';
import { asObject, factsView } from './facts.ts';
import { compact, time } from './shape.ts';

/**
 * An event as it was sent, for a model: what happened, and the plain facts of the object it happened to. Events come in the
 * shape of the account's own API version, so nothing is taken for granted but the names of fields.
 */
export function eventView(event: Json): { [key: string]: Json } {
  const root = asObject(event);
  const data = asObject(root.data);
  const object = asObject(data.object);
  const before = asObject(data.previous_attributes);
  return compact({
    object: 'event',
    id: root.id,
    type: root.type,
    created: typeof root.created === 'number' ? time(root.created) : undefined,
    about: factsView(object),
    before:
      Object.keys(before).length > 0
        ? factsView({ currency: object.currency ?? null, ...before })
        : undefined,
  });
}
