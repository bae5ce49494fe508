import type { Context, Hono } from 'hono';
import type { Account } from '../account.ts';
import { noSuch } from '../wire/errors.ts';
import { decodeForm, type FormMap } from '../wire/form.ts';
import { pageOf, pageParams } from '../wire/pages.ts';
import { integer, oneOf, parseFields, text } from '../wire/params.ts';
import { type Delivery, deliveries } from './delivery.ts';
import { rotateSecret, webhookEndpoints } from './endpoint.ts';
import { deliveredEvent } from './event-body.ts';
import { resendTo } from './resend.ts';

interface Control {
  readonly accountOf: (context: Context) => Promise<Account>;
  readonly bodyOf: (context: Context) => Promise<FormMap>;
}

const listFields = {
  ...pageParams,
  endpoint: text(),
  event: text(),
  status: oneOf('pending', 'succeeded', 'failed'),
} as const;
/** As in Stripe's dashboard: the old secret ends at once or within a day. */
const rotateFields = { overlap_hours: integer(0, 24) } as const;

/** What Stripe's dashboard shows and does about webhooks and its API does not: attempts, resending, rolling a secret. */
export function addWebhookControl(app: Hono, { accountOf, bodyOf }: Control): void {
  app.get('/_sandbox/webhook_deliveries', async (context) => {
    const account = await accountOf(context);
    const { endpoint, event, status, ...page } = parseFields(listFields, queryOf(context));
    const where = (one: Delivery) =>
      (event === undefined || one.event === event) &&
      (endpoint === undefined || one.endpoint === endpoint) &&
      (status === undefined || one.status === status);
    const index =
      event !== undefined
        ? { index: 'event', key: event }
        : endpoint !== undefined
          ? { index: 'endpoint', key: endpoint }
          : {};
    const found = pageOf(account.of(deliveries), context.req.path, page, { ...index, where });
    return context.json({ ...found, data: found.data.map(shown) });
  });

  app.get('/_sandbox/webhook_deliveries/:id', async (context) =>
    context.json(shown(delivery(await accountOf(context), context.req.param('id')))),
  );

  app.post('/_sandbox/webhook_deliveries/:id/resend', async (context) => {
    const account = await accountOf(context);
    const kept = delivery(account, context.req.param('id'));
    const { id, endpoint } = kept;
    const { account: origin, event } = deliveredEvent(account, kept);
    if (!event) throw noSuch('event', kept.event, 'event');
    account.transact(() => resendTo(origin, event, endpoint));
    await account.flush();
    return context.json(shown(delivery(account, id)));
  });

  app.post('/_sandbox/webhook_endpoints/:id/rotate_secret', async (context) => {
    const account = await accountOf(context);
    const id = context.req.param('id');
    const { overlap_hours: hours = 0 } = parseFields(rotateFields, await bodyOf(context));
    const endpoint = account.of(webhookEndpoints).get(id);
    if (!endpoint || endpoint.deleted) throw noSuch('webhook endpoint', id, 'id');
    const secret = rotateSecret(account, id, hours);
    await account.flush();
    return context.json({ id, secret });
  });
}

function delivery(account: Account, id: string): Delivery {
  const found = account.of(deliveries).get(id);
  if (!found) throw noSuch('webhook delivery', id, 'id');
  return found;
}

function queryOf(context: Context): FormMap {
  return decodeForm(new URL(context.req.url).search.slice(1));
}

function shown({ id, event, endpoint, status, created, next_attempt, attempts }: Delivery) {
  return {
    id,
    object: 'sandbox.webhook_delivery',
    attempts,
    created,
    endpoint,
    event,
    next_attempt,
    status,
  };
}
