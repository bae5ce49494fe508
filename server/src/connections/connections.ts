/** The connections people made: their rows, their sealed keys, and the way from an id to tools. */

import { type Kysely, type Selectable, sql } from 'kysely';
import type { Actor, Audit } from '../audit/audit.ts';
import type { Clock } from '../clock.ts';
import { jsonb } from '../database/json.ts';
import type { ConnectionsTable, Schema } from '../database/schema.ts';
import { newId } from '../ids.ts';
import { conflict, notFound } from '../problem.ts';
import type { Vault } from '../secrets/vault.ts';
import type { Account, Mode } from '../tools/account.ts';
import { allowedBaseUrl, allowedUrl } from './base-url.ts';
import {
  ConnectionProblem,
  type ConnectionType,
  type Credentials,
  type OwnWebhook,
  type PermissionRow,
  type ToolTarget,
} from './connection.ts';
import {
  agentsOf,
  type Connection,
  checkColumns,
  keyColumns,
  keyFacts,
  otherAccount,
  sameAccount,
  toConnection,
} from './connection-rows.ts';
import { createGuardedAgents, createGuardedFetch } from './guarded-fetch.ts';
import type { JournalSource } from './journal-source.ts';
import { createOpening, type Opening } from './opening.ts';
import type { Pace } from './pace.ts';
import { createTelling, type Telling } from './telling.ts';
import { unusable } from './unusable.ts';

export interface ConnectionCheck {
  reachable: boolean;
  mode: Mode;
  permissions: PermissionRow[];
  problem: string | null;
}

export interface NewConnection {
  type: string;
  name?: string | undefined;
  credentials: unknown;
  baseUrl?: string | null | undefined;
  demo?: boolean;
}

export interface Connections extends Opening, Telling {
  types(): readonly ConnectionType[];
  /** Checks first and stores only what works. @throws Problem 422 that says why not. */
  create(connection: NewConnection, by: Actor): Promise<Connection>;
  /** Oldest first, those after the id `after`; all without `limit`. @throws Problem 404 for an unknown `after`. */
  list(page?: { limit?: number; after?: string | undefined }): Promise<Connection[]>;
  /** @throws Problem 404. */
  get(id: string): Promise<Connection>;
  /** Asks the far side again and keeps what it says. @throws Problem 404. */
  check(id: string): Promise<ConnectionCheck>;
  /** Replaces the key by another of the same account and mode. @throws Problem 404, 422. */
  rotate(id: string, credentials: unknown, by: Actor): Promise<Connection>;
  /** The key is destroyed; what was done with it stays in the record. @throws Problem 404, 409 while in use. */
  remove(id: string, by: Actor): Promise<void>;
}

export function createConnections(needs: {
  db: Kysely<Schema>;
  vault: Vault;
  audit: Audit;
  clock: Clock;
  types: readonly ConnectionType[];
  allowPrivateAddresses: boolean;
  pace: Pace;
  /** Journals that books can take in; the ledger comes later than the connections it reads. */
  journal?: JournalSource;
  /** null: nobody outside can reach this workspace. */
  ownWebhook?: (connectionId: string) => OwnWebhook | null;
}): Connections {
  const { db, vault, audit, clock, types, pace, allowPrivateAddresses } = needs;
  const guarded = {
    fetch: createGuardedFetch({ allowPrivateAddresses }),
    agents: createGuardedAgents({ allowPrivateAddresses }),
  };

  function typeOf(name: string): ConnectionType {
    const type = types.find((candidate) => candidate.type === name);
    if (type) return type;
    const known = types.map((candidate) => candidate.type).join(', ');
    throw unusable(
      'type',
      'unknown_type',
      `There is no connection type "${name}".`,
      `Choose one of: ${known}.`,
    );
  }

  async function checked(type: ConnectionType, entered: unknown, baseUrl: string | null) {
    try {
      const credentials = type.parseCredentials(entered);
      for (const { name, kind } of type.credentials) {
        const address = credentials[name];
        if (kind === 'url' && address !== undefined)
          await allowedUrl(address, allowPrivateAddresses, `credentials.${name}`);
      }
      const found = await type.check({ credentials, baseUrl, ...guarded });
      return { credentials: found.credentials ?? credentials, found };
    } catch (error) {
      if (!(error instanceof ConnectionProblem)) throw error;
      throw unusable('credentials', error.code, error.message, error.next);
    }
  }

  async function row(id: string): Promise<Selectable<ConnectionsTable>> {
    const found = await db
      .selectFrom('connections')
      .selectAll()
      .where('id', '=', id)
      .where('deleted_at', 'is', null)
      .executeTakeFirst();
    if (!found) throw notFound('connection', id);
    return found;
  }

  /** Where a page begins: a connection that was deleted meanwhile still marks its place. */
  async function anchor(id: string): Promise<string> {
    const found = await db.selectFrom('connections').select('id').where('id', '=', id).executeTakeFirst();
    if (!found) throw notFound('connection', id);
    return found.id;
  }

  function target(found: Selectable<ConnectionsTable>): ToolTarget {
    const credentials = JSON.parse(vault.open(found.credentials, found.id)) as Credentials;
    const account = found.account as unknown as Account;
    const { mode, base_url: baseUrl, key_added_at: keyAddedAt } = found;
    // Events of a connected account are sent to endpoints of its platform.
    const ownWebhook = account.platform ? null : needs.ownWebhook?.(found.id);
    return {
      ...{ credentials, baseUrl, account, mode, keyAddedAt, now: () => clock.now(), pace },
      ...{ ...guarded, discovered: found.discovered },
      renew: (change) => renew(found.id, change),
      ...(ownWebhook && { ownWebhook }),
      ...(needs.journal && { journal: needs.journal }),
    };
  }

  /** The row stays locked meanwhile: of several that want new credentials one asks, the others find them. */
  function renew(
    id: string,
    change: (kept: Credentials) => Promise<Credentials | null>,
  ): Promise<Credentials> {
    return db.transaction().execute(async (trx) => {
      const { credentials } = await trx
        .selectFrom('connections')
        .select('credentials')
        .where('id', '=', id)
        .where('deleted_at', 'is', null)
        .forUpdate()
        .executeTakeFirstOrThrow(() => notFound('connection', id));
      const kept = JSON.parse(vault.open(credentials, id)) as Credentials;
      const changed = await change(kept);
      if (!changed) return kept;
      const sealed = vault.seal(JSON.stringify(changed), id);
      await trx.updateTable('connections').set({ credentials: sealed }).where('id', '=', id).execute();
      return changed;
    });
  }

  /** What is no secret says whose account it is: it stays, unless it is entered anew. */
  function withPinned(type: ConnectionType, found: Selectable<ConnectionsTable>, entered: unknown): unknown {
    if (typeof entered !== 'object' || entered === null) return entered;
    const kept = Object.entries(target(found).credentials).filter(([name]) =>
      type.credentials.some((field) => field.name === name && !field.secret),
    );
    return { ...Object.fromEntries(kept), ...entered };
  }

  return {
    types: () => types,

    async create({ type: typeName, name, credentials: entered, baseUrl, demo = false }, by) {
      const type = typeOf(typeName);
      const address = await allowedBaseUrl(baseUrl ?? null, type, allowPrivateAddresses);
      const { credentials, found } = await checked(type, entered, address);
      const id = newId('con');
      await db.transaction().execute(async (trx) => {
        await trx
          .insertInto('connections')
          .values({
            id,
            type: type.type,
            name: name ?? found.account.name,
            mode: found.mode,
            account_id: found.account.id,
            account: jsonb({ ...found.account, timeZone: found.timeZone }),
            base_url: address,
            beside: type.beside ? (found.toolsAs ?? type.type) : null,
            demo,
            credentials: vault.seal(JSON.stringify(credentials), id),
            ...keyColumns(found),
          })
          .execute();
        await audit.record(
          { actor: by, action: 'connection.created', subject: id, details: keyFacts(found) },
          trx,
        );
      });
      return this.get(id);
    },

    async list({ limit, after } = {}) {
      let query = db.selectFrom('connections').selectAll().where('deleted_at', 'is', null);
      if (after !== undefined) query = query.where(later(await anchor(after)));
      if (limit !== undefined) query = query.limit(limit);
      const rows = await query.orderBy('created_at').orderBy('id').execute();
      const agents = await agentsOf(db);
      return rows.map((found) => toConnection(found, agents.get(found.id) ?? []));
    },

    async get(id) {
      const found = await row(id);
      return toConnection(found, (await agentsOf(db, id)).get(id) ?? []);
    },

    async check(id) {
      const found = await row(id);
      try {
        const fresh = await typeOf(found.type).check(target(found));
        const problem = sameAccount(found, fresh) ? null : otherAccount(found, fresh);
        await saveCheck(id, { ...checkColumns(fresh), status: problem ? 'failing' : 'ok', problem });
        return { reachable: true, mode: fresh.mode, permissions: fresh.permissions, problem };
      } catch (error) {
        if (!(error instanceof ConnectionProblem)) throw error;
        const problem = `${error.message} ${error.next}`;
        await saveCheck(id, { status: 'failing', problem });
        const permissions = found.permissions as unknown as PermissionRow[];
        return { reachable: error.code !== 'unreachable', mode: found.mode, permissions, problem };
      }
    },

    async rotate(id, entered, by) {
      const found = await row(id);
      const type = typeOf(found.type);
      const { credentials, found: fresh } = await checked(
        type,
        withPinned(type, found, entered),
        found.base_url,
      );
      if (!sameAccount(found, fresh)) {
        const next = 'Make a new connection for another account or mode.';
        throw unusable('credentials', 'other_account', otherAccount(found, fresh), next);
      }
      await db.transaction().execute(async (trx) => {
        await trx
          .updateTable('connections')
          .set({
            credentials: vault.seal(JSON.stringify(credentials), id),
            ...keyColumns(fresh),
            key_added_at: clock.now(),
            key_used_at: null,
            checked_at: clock.now(),
            status: 'ok',
            problem: null,
          })
          .where('id', '=', id)
          .execute();
        await audit.record(
          { actor: by, action: 'connection.rotated', subject: id, details: keyFacts(fresh) },
          trx,
        );
      });
      return this.get(id);
    },

    async remove(id, by) {
      await row(id);
      const running = await db
        .selectFrom('runs')
        .innerJoin('threads', 'threads.id', 'runs.thread_id')
        .select(['thread_id', 'threads.title'])
        .where('runs.connection_id', '=', id)
        .where('runs.status', 'in', ['queued', 'running', 'awaiting_approval'])
        .executeTakeFirst();
      const acting = await db
        .selectFrom('operations')
        .innerJoin('threads', 'threads.id', 'operations.thread_id')
        .select(['thread_id', 'threads.title'])
        .where('operations.connection_id', '=', id)
        .where('state', 'in', ['waiting', 'approved', 'claimed', 'sent'])
        .executeTakeFirst();
      const busy = running ?? acting;
      if (busy) {
        const thread = `"${busy.title}" (${busy.thread_id})`;
        throw conflict('connection_busy', `The thread ${thread} is using it: stop that turn first.`);
      }
      await db.transaction().execute(async (trx) => {
        await trx
          .updateTable('connections')
          .set({ deleted_at: clock.now(), credentials: Buffer.alloc(0) })
          .where('id', '=', id)
          .execute();
        await trx.deleteFrom('agent_connections').where('connection_id', '=', id).execute();
        await audit.record({ actor: by, action: 'connection.deleted', subject: id, details: {} }, trx);
      });
    },

    ...createOpening({ db, clock, row, typeOf, target }),
    ...createTelling({ db, types, row, typeOf, target }),
  };

  async function saveCheck(
    id: string,
    columns: Partial<ReturnType<typeof checkColumns>> & { status: 'ok' | 'failing'; problem: string | null },
  ) {
    await db
      .updateTable('connections')
      .set({ ...columns, checked_at: clock.now() })
      .where('id', '=', id)
      .execute();
  }
}

/** Whatever was made after that connection; compared inside Postgres, which knows microseconds. */
const later = (id: string) =>
  sql<boolean>`(created_at, id) > (select created_at, id from connections where id = ${id})`;
