/**
 * The outbox: every mail is a row before anything leaves, so that none is lost and none goes out twice. Without an SMTP
 * server it stays here, to be read as its recipient would have seen it.
 *
 *     captured                           no server is set
 *     queued → sending → sent
 *        ↑        ├──→ queued            the server was away: again later
 *        │        ├──→ failed            it said no for good, or was away for three days
 *        │        └──→ unknown           it broke off after the text was handed over, or we died while it was sent
 *        └─ a person sends it again ←── failed, unknown
 */
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { Clock } from '../../clock.ts';
import type { MailState, MailsTable, Schema } from '../../database/schema.ts';
import { newId } from '../../ids.ts';
import { conflict, notFound } from '../../problem.ts';
import type { Consents } from './consents.ts';
import { type Mail, mailOf } from './mail.ts';
import { htmlOf, type Message, textOf } from './message.ts';
import type { Delivery, Transport } from './smtp.ts';

export type { Mail, MailState };

export interface MailOrigin {
  /** Written once, however often it is asked for: an operation's id, or the occasion of a notice. */
  readonly once: string;
  readonly operationId?: string;
  readonly threadId?: string;
  readonly connectionId?: string;
  /** The business it comes from, for the foot of the mail. */
  readonly footer: string;
  /** It does not leave before: quiet hours. */
  readonly notBefore?: Date | undefined;
}

export interface Outbox {
  /**
   * Keeps a mail, to be sent as soon as can be, in the transaction where there is one.
   * @returns the first one where it was asked for before
   */
  put(message: Message, origin: MailOrigin, trx?: Transaction<Schema>): Promise<Mail>;
  findOnce(once: string): Promise<Mail | undefined>;
  /** When the last mail whose `once` begins so was written to an address. */
  lastTo(address: string, begins: string): Promise<Date | null>;
  /** Whether the last mail to an address came back because there is no such mailbox. */
  hasBounced(address: string): Promise<boolean>;
  /** Newest first; `before` is the last id of the page before. */
  list(
    filter: { to?: string; threadId?: string; connectionId?: string },
    page: { limit: number; before?: string },
  ): Promise<Mail[]>;
  /** @throws Problem 404 */
  get(id: string): Promise<Mail>;
  /** Sends a failed or unknown one again, because a person says so. @throws Problem 404, 409 */
  resend(id: string): Promise<Mail>;
  /** Sends what is due. @returns how many were tried */
  deliver(): Promise<number>;
}

/** Minutes between attempts; after the last the server had three days. */
const patienceMinutes = [1, 5, 15, 60, 180, 720, 1440, 1440];
/** An attempt that says nothing for so long died with its process. */
const attemptMs = 2 * 60_000;
const perRound = 20;

export function createOutbox(needs: {
  db: Kysely<Schema>;
  clock: Clock;
  /** null: mail is captured. */
  transport: Transport | null;
  /** `Northwind <billing@northwind.example>` */
  from: string;
  /** Asked once more before what needs consent leaves. */
  consents?: Pick<Consents, 'isGiven'>;
}): Outbox {
  const { db, clock, transport, from } = needs;

  async function row(id: string): Promise<Selectable<MailsTable>> {
    const found = await db.selectFrom('mails').selectAll().where('id', '=', id).executeTakeFirst();
    if (!found) throw notFound('mail', id);
    return found;
  }

  async function keptAs(once: string, trx?: Transaction<Schema>): Promise<Mail | undefined> {
    const kept = (trx ?? db).selectFrom('mails').selectAll().where('once', '=', once);
    const found = await kept.executeTakeFirst();
    return found && mailOf(found);
  }

  /** Takes one mail whose turn it is, so that no other instance tries it at the same time. */
  async function claim(): Promise<Selectable<MailsTable> | undefined> {
    const now = clock.now();
    return db
      .updateTable('mails')
      .set({
        state: 'sending',
        attempts: sql<number>`attempts + 1`,
        next_attempt_at: new Date(now.getTime() + attemptMs),
      })
      .where('id', '=', (due) =>
        due
          .selectFrom('mails')
          .select('id')
          .where('state', '=', 'queued')
          .where('next_attempt_at', '<=', now)
          .orderBy('next_attempt_at')
          .limit(1)
          .forUpdate()
          .skipLocked(),
      )
      .returningAll()
      .executeTakeFirst();
  }

  async function attempt(mail: Selectable<MailsTable>, by: Transport): Promise<void> {
    const { id, sender, recipient, subject, body, footer, html } = mail;
    const unsubscribe = mail.unsubscribe_url ?? undefined;
    const text = textOf({ body, unsubscribe }, footer);
    const delivery = (await isUnwanted(mail))
      ? ({
          status: 'refused',
          problem: 'They unsubscribed meanwhile: it was not sent.',
          bounced: false,
        } as const)
      : await by.send({ id, from: sender, to: recipient, subject, text, html, unsubscribe });
    await db
      .updateTable('mails')
      .set(afterAttempt(delivery, mail.attempts, clock.now()))
      .where('id', '=', id)
      .where('state', '=', 'sending')
      .execute();
  }

  /** It needs consent, and that was taken back while it waited. */
  async function isUnwanted(mail: Selectable<MailsTable>): Promise<boolean> {
    const { unsubscribe_url: url, connection_id: connectionId, recipient } = mail;
    if (url === null || connectionId === null) return false;
    return !(await needs.consents?.isGiven(connectionId, recipient));
  }

  /** Whoever was sending these is gone; whether they left nobody knows. */
  async function giveUpLost(): Promise<void> {
    await db
      .updateTable('mails')
      .set({ state: 'unknown', next_attempt_at: null, problem: 'Purser stopped while it was being sent.' })
      .where('state', '=', 'sending')
      .where('next_attempt_at', '<', clock.now())
      .execute();
  }

  return {
    async put(message, origin, trx) {
      const { once, operationId = null, threadId = null, connectionId = null, footer } = origin;
      const waiting = transport
        ? ({ state: 'queued', next_attempt_at: origin.notBefore ?? clock.now() } as const)
        : ({ state: 'captured' } as const);
      await (trx ?? db)
        .insertInto('mails')
        .values({
          ...{ id: newId('mail'), once, operation_id: operationId, thread_id: threadId },
          ...{ connection_id: connectionId, sender: from, recipient: message.to },
          ...{ subject: message.subject, body: message.body, footer, html: htmlOf(message, footer) },
          unsubscribe_url: message.unsubscribe ?? null,
          ...waiting,
          created_at: clock.now(),
        })
        .onConflict((conflict) => conflict.column('once').doNothing())
        .execute();
      const kept = await keptAs(once, trx);
      if (!kept) throw new Error(`The mail for ${once} was not kept.`);
      return kept;
    },

    findOnce: (once) => keptAs(once),

    async lastTo(address, begins) {
      const { at } = await db
        .selectFrom('mails')
        .select(({ fn }) => fn.max('created_at').as('at'))
        .where(sql`lower(recipient)`, '=', address.toLowerCase())
        .where(sql<boolean>`starts_with(once, ${begins})`)
        .executeTakeFirstOrThrow();
      return at;
    },

    async hasBounced(address) {
      const last = await db
        .selectFrom('mails')
        .select('bounced')
        .where(sql`lower(recipient)`, '=', address.toLowerCase())
        .where('state', 'in', ['sent', 'failed'])
        .orderBy('created_at', 'desc')
        .limit(1)
        .executeTakeFirst();
      return last?.bounced ?? false;
    },

    async list(filter, page) {
      let query = db.selectFrom('mails').selectAll();
      if (filter.to) query = query.where(sql`lower(recipient)`, '=', filter.to.toLowerCase());
      if (filter.threadId) query = query.where('thread_id', '=', filter.threadId);
      if (filter.connectionId) query = query.where('connection_id', '=', filter.connectionId);
      if (page.before)
        query = query.where(
          sql<boolean>`(created_at, id) < (select created_at, id from mails where id = ${page.before})`,
        );
      const rows = await query
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(page.limit)
        .execute();
      return rows.map(mailOf);
    },

    async get(id) {
      return mailOf(await row(id));
    },

    async resend(id) {
      const again = await db
        .updateTable('mails')
        .set({ state: 'queued', next_attempt_at: clock.now(), problem: null, attempts: 0, bounced: false })
        .where('id', '=', id)
        .where('state', 'in', ['failed', 'unknown'])
        .returningAll()
        .executeTakeFirst();
      if (again) return mailOf(again);
      const { state } = await row(id);
      throw conflict(
        'mail_not_resendable',
        `This mail is ${state}: only a failed or unknown one is sent again.`,
      );
    },

    async deliver() {
      if (!transport) return 0;
      await giveUpLost();
      for (let tried = 0; tried < perRound; tried += 1) {
        const mail = await claim();
        if (!mail) return tried;
        await attempt(mail, transport);
      }
      return perRound;
    },
  };
}

function afterAttempt(delivery: Delivery, attempts: number, now: Date) {
  const problem = 'problem' in delivery ? delivery.problem : null;
  const over = { next_attempt_at: null, problem };
  switch (delivery.status) {
    case 'sent':
      return { ...over, state: 'sent', sent_at: now } as const;
    case 'refused':
      return { ...over, state: 'failed', bounced: delivery.bounced } as const;
    case 'unknown':
      return { ...over, state: 'unknown' } as const;
    case 'later': {
      const minutes = patienceMinutes[attempts - 1];
      if (minutes === undefined) return { ...over, state: 'failed' } as const;
      const next_attempt_at = new Date(now.getTime() + minutes * 60_000);
      return { state: 'queued', next_attempt_at, problem } as const;
    }
  }
}
