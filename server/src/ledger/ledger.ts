/**
 * Keeps the mirror of an account up to date: filled once, by several workers under Stripe's limits, taken up again where
 * it was cut short; from then on by what the account's events say has changed.
 */
import { type Kysely, sql, type Transaction } from 'kysely';
import type Stripe from 'stripe';
import type { Clock } from '../clock.ts';
import { jsonb } from '../database/json.ts';
import type { JsonValue, Schema } from '../database/schema.ts';
import type { Account, Mode } from '../tools/account.ts';
import { type CallContext, ToolError } from '../tools/tool.ts';
import { fetchAll, type Stretch } from './backfill.ts';
import { bookFacts, sumMonths } from './book.ts';
import { type KindName, kindNames, kinds } from './kinds.ts';
import { mirror } from './mirror.ts';
import { bookRecurring } from './recurring.ts';

/** An account as the ledger reaches it. */
export interface LedgerAccount {
  readonly account: Account;
  readonly mode: Mode;
  readonly timeZone: string;
  /** Runs work with the SDK. @throws ToolError, explained */
  read<T>(work: (api: Stripe) => Promise<T>, context?: CallContext): Promise<T>;
}

/** What a report may rely on. */
export interface Books {
  /** `acct_…:test` */
  readonly ledger: string;
  readonly timeZone: string;
  /** Up to when everything is in. */
  readonly syncedAt: Date;
  /** Kinds that the key may not read: what rests on them is missing. */
  readonly missing: readonly KindName[];
}

export interface Ledger {
  /** Brings an account's books up to date. At the same time for the same account only once. @throws ToolError */
  refresh(of: LedgerAccount, context?: CallContext): Promise<Books>;
}

const workers = 8;
const batch = 2_000;
/** Stripe keeps events for 30 days; what was not looked at for longer is filled anew. */
const eventDays = 25;
/** Events may be told a little late. */
const overlapSeconds = 120;
/** More changed objects of one kind than this are listed rather than asked for one by one. */
const mostSingle = 300;

type Progress = Partial<Record<KindName, readonly Stretch[]>>;

export function createLedger({ db, clock }: { db: Kysely<Schema>; clock: Clock }): Ledger {
  const underWay = new Map<string, Promise<Books>>();

  async function refresh(of: LedgerAccount, context: CallContext): Promise<Books> {
    const id = `${of.account.id}:${of.mode}`;
    await db
      .insertInto('ledgers')
      .values({ id, time_zone: of.timeZone })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
    const known = await db.selectFrom('ledgers').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    const began = clock.now();
    const isStale =
      known.filled_at === null ||
      known.synced_at === null ||
      began.getTime() - known.synced_at.getTime() > eventDays * 86_400_000;
    const filling: Filling = { id, of, context, missing: [], renewed: null };
    if (isStale || (of.mode === 'test' && (await hasTestClocks(filling))))
      await fill(filling, (isStale ? known.progress : {}) as unknown as Progress);
    else await follow(filling, known.synced_at ?? began);
    await book(filling);
    await db
      .updateTable('ledgers')
      .set({
        synced_at: began,
        filled_at: sql<Date>`coalesce(filled_at, ${began})`,
        progress: '{}',
        time_zone: of.timeZone,
      })
      .where('id', '=', id)
      .execute();
    return { ledger: id, timeZone: of.timeZone, syncedAt: began, missing: filling.missing };
  }

  /** Everything there is. Test clocks make objects of any time, so there is no end to ask up to. */
  async function fill(filling: Filling, progress: Progress): Promise<void> {
    const end = Math.floor(clock.now().getTime() / 1000) + 20 * 366 * 86_400;
    const done: Progress = { ...progress };
    for (const [n, kind] of kindNames.entries()) {
      const stretches = done[kind] ?? [{ from: 0, to: end }];
      if (stretches.length > 0)
        filling.context.onWait?.(`Reading ${words[kind]} (${n + 1} of ${kindNames.length})`);
      await unlessForbidden(filling, kind, () =>
        fetchAll({
          stretches,
          workers,
          list: (page) => filling.of.read((api) => kinds[kind].list(api, page), filling.context),
          keep: async (objects, left) => {
            const kept = await filling.of.read(
              (api) => Promise.all(objects.map((object) => kinds[kind].keep(object, api))),
              filling.context,
            );
            done[kind] = left;
            await db.transaction().execute(async (trx) => {
              await mirror(trx, filling.id, kind, kept);
              await trx
                .updateTable('ledgers')
                .set({ progress: jsonb(done as unknown as JsonValue) })
                .where('id', '=', filling.id)
                .execute();
            });
          },
        }),
      );
    }
  }

  /** What changed since: what events name, and the movements of money, which have no events of their own. */
  async function follow(filling: Filling, since: Date): Promise<void> {
    const from = Math.floor(since.getTime() / 1000) - overlapSeconds;
    const changed = await changedSince(filling, from);
    if (changed === null) return fill(filling, {});
    filling.renewed = new Map([...changed].map(([kind, ids]) => [kind, [...ids]]));
    for (const kind of kindNames) {
      const ids = changed.get(kind);
      if (kind !== 'balance_transaction' && (!ids || ids.size === 0)) continue;
      await unlessForbidden(filling, kind, async () => {
        if (kind === 'balance_transaction' || (ids && ids.size > mostSingle))
          await relist(filling, kind, from);
        if (ids && ids.size <= mostSingle) await refetch(filling, kind, [...ids]);
      });
    }
  }

  /** @returns null where events cannot be read: the key may not. */
  async function changedSince(filling: Filling, from: number): Promise<Map<KindName, Set<string>> | null> {
    const changed = new Map<KindName, Set<string>>();
    try {
      await filling.of.read(async (api) => {
        for await (const { data } of api.events.list({ created: { gte: from }, limit: 100 })) {
          const { object, id } = data.object as { object?: string; id?: string };
          const kind = kindNames.find(
            (name) => name === object?.replace('checkout.session', 'checkout_session'),
          );
          if (kind && id) changed.set(kind, (changed.get(kind) ?? new Set()).add(id));
        }
      }, filling.context);
      return changed;
    } catch (error) {
      if (error instanceof ToolError && error.code === 'permission_missing') return null;
      throw error;
    }
  }

  async function relist(filling: Filling, kind: KindName, from: number): Promise<void> {
    await fetchAll({
      stretches: [{ from, to: Math.floor(clock.now().getTime() / 1000) + 86_400 }],
      workers,
      list: (page) => filling.of.read((api) => kinds[kind].list(api, page), filling.context),
      keep: async (objects) => {
        const kept = await filling.of.read(
          (api) => Promise.all(objects.map((object) => kinds[kind].keep(object, api))),
          filling.context,
        );
        await mirror(db, filling.id, kind, kept);
      },
    });
  }

  async function refetch(filling: Filling, kind: KindName, ids: readonly string[]): Promise<void> {
    const one = async (id: string) => {
      try {
        return await filling.of.read(
          async (api) => kinds[kind].keep(await kinds[kind].retrieve(api, id), api),
          filling.context,
        );
      } catch (error) {
        // Deleted meanwhile: what was kept of it still explains what it was paid for.
        if (error instanceof ToolError && error.code === 'not_found') return null;
        throw error;
      }
    };
    for (let at = 0; at < ids.length; at += workers) {
      const kept = await Promise.all(ids.slice(at, at + workers).map(one));
      await mirror(
        db,
        filling.id,
        kind,
        kept.filter((object) => object !== null),
      );
    }
  }

  /** Facts for what has none yet, or was mirrored anew. */
  async function book({ id, of: { timeZone }, renewed }: Filling): Promise<void> {
    for (;;) {
      const waiting = await db
        .selectFrom('mirrored')
        .select('id')
        .where('ledger', '=', id)
        .where('kind', '=', 'balance_transaction')
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('facts')
                .select('part')
                .whereRef('facts.ledger', '=', 'mirrored.ledger')
                .whereRef('facts.transaction', '=', 'mirrored.id'),
            ),
          ),
        )
        .limit(batch)
        .execute();
      if (waiting.length === 0) break;
      await db.transaction().execute(async (trx) => {
        const months = await bookFacts(
          trx,
          { id, timeZone },
          waiting.map((row) => row.id),
        );
        await sumMonths(trx, id, months);
      });
    }
    await db.transaction().execute(async (trx) => {
      const invoices = renewed && (await outdatedInvoices(trx, id, renewed));
      if (invoices === null || invoices.length > 0) await bookRecurring(trx, id, invoices);
    });
  }

  return {
    refresh(of, context = {}) {
      const key = `${of.account.id}:${of.mode}`;
      const running = underWay.get(key);
      if (running) return running;
      const started = refresh(of, context).finally(() => underWay.delete(key));
      underWay.set(key, started);
      return started;
    },
  };
}

interface Filling {
  readonly id: string;
  readonly of: LedgerAccount;
  readonly context: CallContext;
  readonly missing: KindName[];
  /** What was mirrored anew; null: everything. */
  renewed: Map<KindName, readonly string[]> | null;
}

/** The invoices whose lines may bring another sum a month now: they, their subscription or a price has changed. */
async function outdatedInvoices(
  trx: Transaction<Schema>,
  ledger: string,
  renewed: ReadonlyMap<KindName, readonly string[]>,
): Promise<string[]> {
  const subscriptions = renewed.get('subscription') ?? [];
  const rows = await trx
    .selectFrom('recurring_lines')
    .select('invoice')
    .distinct()
    .where('ledger', '=', ledger)
    .where('subscription', '=', sql<string>`any(${[...subscriptions]})`)
    .execute();
  return [...new Set([...(renewed.get('invoice') ?? []), ...rows.map(({ invoice }) => invoice)])];
}

async function hasTestClocks({ of, context }: Filling): Promise<boolean> {
  const clocks = await of
    .read((api) => api.testHelpers.testClocks.list({ limit: 1 }), context)
    .catch((error: unknown) => {
      if (error instanceof ToolError) return null;
      throw error;
    });
  return clocks !== null && clocks.data.length > 0;
}

/** Without the movements of money there are no books; without the rest they say less. */
async function unlessForbidden(filling: Filling, kind: KindName, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const isMissing =
      error instanceof ToolError && (error.code === 'permission_missing' || error.code === 'not_supported');
    if (!isMissing || kind === 'balance_transaction') throw error;
    filling.missing.push(kind);
  }
}

const words: Record<KindName, string> = {
  product: 'products',
  price: 'prices',
  customer: 'customers',
  subscription: 'subscriptions',
  invoice: 'invoices',
  credit_note: 'credit notes',
  checkout_session: 'checkout sessions',
  charge: 'charges',
  refund: 'refunds',
  dispute: 'disputes',
  tax_rate: 'tax rates',
  balance_transaction: 'balance transactions',
};
