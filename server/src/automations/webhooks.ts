/** Webhook endpoints of connections: their secrets, what they are sent, and whether it arrives. */
import { type Kysely, type Selectable, sql } from 'kysely';
import { type Actor, type Audit, systemActor } from '../audit/audit.ts';
import type { Clock } from '../clock.ts';
import { ConnectionProblem, type OwnWebhook, type WebhookEndpoint } from '../connections/connection.ts';
import type { Connections } from '../connections/connections.ts';
import { eventTypesOf } from '../connections/stripe/event-types.ts';
import { jsonb } from '../database/json.ts';
import type { Schema, WebhooksTable } from '../database/schema.ts';
import type { Log } from '../log.ts';
import { notFound, Problem } from '../problem.ts';
import type { Vault } from '../secrets/vault.ts';
import type { Intake } from './intake.ts';
import { asProblem, otherAccount, otherMode } from './webhook-problems.ts';

/** As people see it: never its secrets. */
export interface Webhook {
  connectionId: string;
  url: string;
  /** null for an endpoint made by hand at the far side. */
  endpointId: string | null;
  /** Event types it is sent; empty where only whoever made it knows. */
  events: string[];
  /** `silent`: enabled, and nothing has come in yet. */
  status: 'enabled' | 'disabled' | 'silent' | 'refusing';
  secretCount: number;
  lastReceivedAt: string | null;
  /** What was wrong with the last delivery that was refused, if none was taken since. */
  problem: { at: string; why: string; count: number } | null;
}

export interface Webhooks {
  /** @throws Problem 404 when none is set up */
  get(connectionId: string): Promise<Webhook>;
  /** For an endpoint made by hand: several secrets while one replaces the other. */
  setSecrets(connectionId: string, secrets: readonly string[], by: Actor): Promise<Webhook>;
  /** Finds or makes the endpoint at the far side. @throws Problem 409 without a public address, 422, 502 */
  register(connectionId: string, by: Actor): Promise<Webhook>;
  remove(connectionId: string, by: Actor): Promise<void>;
  /** Endpoints that Purser made are sent just the event types that are waited for now. @returns how many it changed */
  keepInStep(): Promise<number>;
  /** The same for agents' tools; null without a public address. */
  own(connectionId: string): OwnWebhook | null;
  /**
   * Takes one delivery. @returns whether the event is new
   * @throws Problem 404 for an unknown connection, 400 for what was not signed, or is of another account or mode
   */
  receive(connectionId: string, raw: string, signature: string | undefined): Promise<{ isNew: boolean }>;
}

export const webhookPath = (connectionId: string): string => `/webhooks/stripe/${connectionId}`;

export function createWebhooks(needs: {
  db: Kysely<Schema>;
  vault: Vault;
  audit: Audit;
  clock: Clock;
  connections: Connections;
  intake: Intake;
  publicUrl: string | null;
  log: Log;
  /** The event types that something here waits for from a connection. */
  wanted(connectionId: string): Promise<readonly string[]>;
}): Webhooks {
  const { db, vault, audit, clock, log, connections, intake, publicUrl } = needs;

  /** An endpoint has to be sent something: that it works is seen by what every business has. */
  const eventsWanted = async (connectionId: string) => {
    const wanted = eventTypesOf(await needs.wanted(connectionId));
    return wanted.length > 0 ? wanted : ['invoice.paid', 'charge.failed'];
  };

  /** Event types that Stripe would not let us change to, by connection. */
  const refusedFor = new Map<string, string>();

  const sealed = (connectionId: string, secrets: readonly string[]) =>
    vault.seal(JSON.stringify(secrets), connectionId);
  const opened = (row: Selectable<WebhooksTable>): string[] =>
    JSON.parse(vault.open(row.secrets, row.connection_id)) as string[];

  const find = (connectionId: string) =>
    db.selectFrom('webhooks').selectAll().where('connection_id', '=', connectionId).executeTakeFirst();

  async function save(
    connectionId: string,
    values: {
      endpoint_id: string | null;
      url: string;
      events: string;
      status: 'enabled' | 'disabled';
      secrets: Buffer;
    },
    by: Actor,
  ): Promise<Webhook> {
    await db.transaction().execute(async (trx) => {
      await trx
        .insertInto('webhooks')
        .values({ connection_id: connectionId, ...values })
        .onConflict((conflict) =>
          conflict
            .column('connection_id')
            .doUpdateSet({ ...values, refused_at: null, refused_why: null, refused_count: 0 }),
        )
        .execute();
      const details = { url: values.url, endpointId: values.endpoint_id };
      await audit.record({ actor: by, action: 'webhook.set', subject: connectionId, details }, trx);
    });
    return webhookOf(connectionId);
  }

  async function keep(connectionId: string, endpoint: WebhookEndpoint, by: Actor): Promise<Webhook> {
    const known = await find(connectionId);
    const secrets = endpoint.secret ? [endpoint.secret] : known ? opened(known) : [];
    const { endpointId, url, status } = endpoint;
    const kept = { endpoint_id: endpointId, url, status, events: jsonb([...endpoint.events]) };
    return save(connectionId, { ...kept, secrets: sealed(connectionId, secrets) }, by);
  }

  function ownOf(connectionId: string, address: string): OwnWebhook {
    const url = `${address}${webhookPath(connectionId)}`;
    return {
      url,
      async knowsSecret() {
        const known = await find(connectionId);
        return known !== undefined && known.url === url && known.endpoint_id !== null;
      },
      async keep(endpoint) {
        await keep(connectionId, endpoint, systemActor);
      },
    };
  }

  async function webhookOf(connectionId: string): Promise<Webhook> {
    const row = await find(connectionId);
    if (!row) throw notFound('webhook', connectionId);
    const isRefusing = row.refused_at !== null;
    return {
      connectionId,
      url: row.url,
      endpointId: row.endpoint_id,
      events: row.events as unknown as string[],
      status:
        row.status === 'disabled'
          ? 'disabled'
          : isRefusing
            ? 'refusing'
            : row.last_received_at === null
              ? 'silent'
              : 'enabled',
      secretCount: opened(row).length,
      lastReceivedAt: row.last_received_at?.toISOString() ?? null,
      problem:
        row.refused_at && row.refused_why
          ? { at: row.refused_at.toISOString(), why: row.refused_why, count: row.refused_count }
          : null,
    };
  }

  /** Keeps what was wrong, for whoever looks for it; the sender only hears a short no. */
  async function refuse(connectionId: string, problem: ConnectionProblem): Promise<never> {
    await db
      .updateTable('webhooks')
      .set({
        refused_at: clock.now(),
        refused_why: `${problem.message} ${problem.next}`,
        refused_count: sql<number>`refused_count + 1`,
      })
      .where('connection_id', '=', connectionId)
      .execute();
    throw new Problem({ status: 400, code: problem.code, title: 'Not taken', detail: problem.message });
  }

  return {
    get: webhookOf,

    async setSecrets(connectionId, secrets, by) {
      await connections.get(connectionId);
      const known = await find(connectionId);
      return save(
        connectionId,
        {
          endpoint_id: known?.endpoint_id ?? null,
          url: known?.url ?? `${publicUrl ?? ''}${webhookPath(connectionId)}`,
          events: jsonb(known?.events ?? []),
          status: 'enabled',
          secrets: sealed(connectionId, secrets),
        },
        by,
      );
    },

    async register(connectionId, by) {
      await connections.get(connectionId);
      if (!publicUrl)
        throw new Problem({
          status: 409,
          code: 'no_public_url',
          title: 'Not possible as things stand',
          detail:
            'Stripe needs a public address to send events to: set PURSER_PUBLIC_URL. Without one, Purser reads the events list every half minute.',
        });
      const { source, target } = await connections.eventSource(connectionId);
      const own = ownOf(connectionId, publicUrl);
      const wanted = {
        url: own.url,
        events: await eventsWanted(connectionId),
        knowsSecret: await own.knowsSecret(),
      };
      return keep(connectionId, await source.ensureEndpoint(target(), wanted).catch(asProblem), by);
    },

    own: (connectionId) => (publicUrl ? ownOf(connectionId, publicUrl) : null),

    async remove(connectionId, by) {
      const gone = await db
        .deleteFrom('webhooks')
        .where('connection_id', '=', connectionId)
        .executeTakeFirst();
      if (gone.numDeletedRows === 0n) throw notFound('webhook', connectionId);
      await audit.record({ actor: by, action: 'webhook.removed', subject: connectionId });
    },

    async keepInStep() {
      if (!publicUrl) return 0;
      const rows = await db
        .selectFrom('webhooks')
        .select(['connection_id', 'events'])
        .where('endpoint_id', 'is not', null)
        .where('status', '=', 'enabled')
        .execute();
      let changed = 0;
      for (const { connection_id: id, events } of rows) {
        const wanted = (await eventsWanted(id)).toSorted();
        const asked = wanted.join(' ');
        if (asked === (events as unknown as string[]).toSorted().join(' ') || refusedFor.get(id) === asked)
          continue;
        try {
          await this.register(id, systemActor);
          changed += 1;
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          // Tried again when something else is waited for, or after a restart: not every minute in vain.
          refusedFor.set(id, asked);
          log.warn(
            { connectionId: id, why: error.detail },
            'The event types of a webhook could not be changed',
          );
        }
      }
      return changed;
    },

    async receive(connectionId, raw, signature) {
      const row = await find(connectionId);
      if (!row) throw notFound('webhook', connectionId);
      const from = await connections.eventSource(connectionId);
      try {
        const event = from.source.verify(raw, signature, opened(row));
        if (event.livemode !== (from.mode === 'live')) throw otherMode(from.mode);
        if (event.account !== null && event.account !== from.account.id) throw otherAccount(event.account);
        const isNew = await intake.store(connectionId, event, 'webhook');
        if (row.refused_at !== null || isOld(row.last_received_at, clock.now()))
          await db
            .updateTable('webhooks')
            .set({ last_received_at: clock.now(), refused_at: null, refused_why: null, refused_count: 0 })
            .where('connection_id', '=', connectionId)
            .execute();
        return { isNew };
      } catch (error) {
        if (error instanceof ConnectionProblem) return refuse(connectionId, error);
        throw error;
      }
    },
  };
}

/** Noted once in a while: under load not for every event. */
const isOld = (at: Date | null, now: Date): boolean => at === null || now.getTime() - at.getTime() > 5_000;
