import type { Context, Hono } from 'hono';
import type { Account } from './account.ts';
import { attributesBefore, events, type StoredEvent } from './events.ts';
import type { CollectionSpec, Stored } from './store/collection.ts';
import type { FormMap } from './wire/form.ts';
import { integer, parseFields, required } from './wire/params.ts';

/** How long it takes, in seconds, until a search finds what was made or changed. Stripe says less than a minute. */
interface SearchSettings {
  readonly id: 'search';
  readonly delay_seconds: number;
}
export const searchSettings: CollectionSpec<SearchSettings> = { name: 'search_settings', indexes: {} };

const noDelay: SearchSettings = { id: 'search', delay_seconds: 0 };
const fields = { delay_seconds: required(integer(0, 3600)) } as const;

/**
 * An account's objects as a search knows them, by what its events tell: one that was just made is not there yet, one that
 * was just changed is as it was before. Null where everything is known at once.
 */
export function searchIndex(account: Account): ((object: Stored) => Stored | undefined) | null {
  const { delay_seconds: delay } = account.of(searchSettings).get('search') ?? noDelay;
  if (delay === 0) return null;
  const horizon = account.ownNow() - delay;
  const states = new Map<string, Stored | undefined>();
  /** Whose state is to be read from their latest event before the horizon. */
  const waiting = new Set<string>();
  for (const event of account.of(events).newestFirst()) {
    const isKnown = event.created <= horizon;
    if (isKnown && waiting.size === 0) break;
    const object = subjectOf(event);
    if (!object || event.object !== 'event') continue;
    const { previous_attributes: previous } = event.data;
    if (!isKnown) {
      states.set(object.id, previous && (attributesBefore(object, previous) as Stored));
      if (previous) waiting.delete(object.id);
      else waiting.add(object.id);
    } else if (waiting.delete(object.id)) states.set(object.id, object);
  }
  return (object) => (states.has(object.id) ? states.get(object.id) : object);
}

/** What an event is about, if that can be named. */
function subjectOf(event: Stored): Stored | undefined {
  const object = 'data' in event ? (event as StoredEvent).data?.object : undefined;
  return object && 'id' in object ? (object as Stored) : undefined;
}

interface Control {
  readonly accountOf: (context: Context) => Promise<Account>;
  readonly bodyOf: (context: Context) => Promise<FormMap>;
}

/** `POST /_sandbox/search` sets after how many seconds searches find things; 0, as it is at first, for at once. */
export function addSearchControl(app: Hono, { accountOf, bodyOf }: Control): void {
  app.post('/_sandbox/search', async (context) => {
    const account = await accountOf(context);
    const { delay_seconds } = parseFields(fields, await bodyOf(context));
    account.transact(() => account.of(searchSettings).put({ id: 'search', delay_seconds }));
    await account.flush();
    return context.json({ delay_seconds });
  });
}
