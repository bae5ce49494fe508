import { events } from './events.ts';
import { declare, found, listed, type Resource, refused, route } from './resource.ts';
import { datedPageParams } from './wire/pages.ts';
import { boolean, list, text } from './wire/params.ts';

const listParams = {
  ...datedPageParams,
  type: text(),
  types: list(text(), 20),
  delivery_success: boolean(),
} as const;

/** `/v1/events`: what happened in the last 30 days. */
export const eventResource: Resource = {
  collections: [declare(events)],
  routes: [
    route('GET', '/v1/events', { permission: 'event', params: listParams }, (call) => {
      const { type, types } = call.params;
      if (type !== undefined && types)
        throw refused('types', 'You may pass either `type` or `types`, but not both.');
      if (type !== undefined && !type.includes('*'))
        return listed(call, events, { index: 'type', key: type });
      const patterns = types ?? (type === undefined ? [] : [type]);
      return listed(call, events, {
        where: (event) => patterns.length === 0 || patterns.some((pattern) => isOfType(event.type, pattern)),
      });
    }),
    route('GET', '/v1/events/:id', { permission: 'event' }, (call) => found(call, events, 'event')),
  ],
};

/** `charge.*` means every type that begins with `charge.`. */
function isOfType(type: string, pattern: string): boolean {
  return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}
