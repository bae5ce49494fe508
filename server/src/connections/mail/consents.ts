/**
 * Consent to mail that nobody asked for: news, offers. What is about a payment or an order needs none and stays apart. Each
 * word is kept as it was said; the last counts, also for what is written and has not left.
 */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Actor } from '../../audit/audit.ts';
import type { Clock } from '../../clock.ts';
import { jsonb } from '../../database/json.ts';
import type { ConsentsTable, Schema } from '../../database/schema.ts';
import { newId } from '../../ids.ts';
import type { Vault } from '../../secrets/vault.ts';

export interface Consent {
  id: string;
  connectionId: string;
  address: string;
  /** false: taken back. */
  given: boolean;
  /** Where and how it was said. */
  how: string;
  recordedBy: string;
  recordedAt: string;
}

export const standings = ['any', 'given', 'withdrawn'] as const;
export type Standing = (typeof standings)[number];

export interface Consents {
  record(word: Pick<Consent, 'connectionId' | 'address' | 'given' | 'how'>, by: Actor): Promise<Consent>;
  isGiven(connectionId: string, address: string): Promise<boolean>;
  /** Newest first; `before` is the last id of the page before. */
  list(
    filter: {
      connectionId?: string | undefined;
      address?: string | undefined;
      /** Only the last word of each address: all of them, or those that say so. */
      standing?: Standing | undefined;
    },
    page: { limit: number; before?: string | undefined },
  ): Promise<Consent[]>;
  /** Where whoever has this address unsubscribes; null without a public address. */
  linkFor(connectionId: string, address: string): string | null;
  /** Whose link it is; null for one that was not made here. */
  read(token: string): Pick<Consent, 'connectionId' | 'address'> | null;
}

export const unsubscribePath = '/unsubscribe';

export function createConsents(needs: {
  db: Kysely<Schema>;
  clock: Clock;
  vault: Pick<Vault, 'derive'>;
  publicUrl: string | null;
}): Consents {
  const { db, clock, publicUrl } = needs;
  const links = createLinks(needs.vault);

  return {
    async record({ connectionId, address, given, how }, by) {
      const row = await db
        .insertInto('consents')
        .values({
          ...{ id: newId('cns'), connection_id: connectionId, address: address.toLowerCase(), given, how },
          ...{ recorded_by: jsonb(by), recorded_at: clock.now() },
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      return consentOf(row);
    },

    async isGiven(connectionId, address) {
      const last = await db
        .selectFrom('consents')
        .select('given')
        .where('connection_id', '=', connectionId)
        .where('address', '=', address.toLowerCase())
        .orderBy('seq', 'desc')
        .limit(1)
        .executeTakeFirst();
      return last?.given ?? false;
    },

    async list({ connectionId, address, standing }, { limit, before }) {
      let query = db.selectFrom('consents').selectAll();
      if (connectionId) query = query.where('connection_id', '=', connectionId);
      if (address) query = query.where('address', '=', address.toLowerCase());
      if (standing)
        query = query.where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('consents as later')
                .select('later.id')
                .whereRef('later.connection_id', '=', 'consents.connection_id')
                .whereRef('later.address', '=', 'consents.address')
                .whereRef('later.seq', '>', 'consents.seq'),
            ),
          ),
        );
      if (standing === 'given' || standing === 'withdrawn')
        query = query.where('given', '=', standing === 'given');
      if (before) query = query.where(sql<boolean>`seq < (select seq from consents where id = ${before})`);
      return (await query.orderBy('seq', 'desc').limit(limit).execute()).map(consentOf);
    },

    linkFor(connectionId, address) {
      if (!publicUrl) return null;
      return `${publicUrl}${unsubscribePath}/${links.seal([connectionId, address.toLowerCase()])}`;
    },

    read(token) {
      const [connectionId, address] = links.open(token) ?? [];
      return connectionId && address ? { connectionId, address } : null;
    },
  };
}

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Whose link it is, sealed: whoever sees the address of the page learns nobody’s name, and changes nothing in it unnoticed.
 * The same link each time, and after the master key was rotated: it stands in mail for years. The nonce is made of what it
 * seals, so that none is used for two.
 */
function createLinks(vault: Pick<Vault, 'derive'>) {
  const keyFor = (purpose: string) => Buffer.from(vault.derive(purpose), 'base64');
  const [key, nonceKey] = [keyFor('unsubscribe'), keyFor('unsubscribe nonce')];
  return {
    seal(whose: readonly [connectionId: string, address: string]): string {
      const text = JSON.stringify(whose);
      const nonce = createHmac('sha256', nonceKey).update(text).digest().subarray(0, nonceBytes);
      const cipher = createCipheriv(algorithm, key, nonce);
      const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return sealed.toString('base64url');
    },
    /** null for one that was not made here, or not written just so. */
    open(token: string): [connectionId: string, address: string] | null {
      const sealed = Buffer.from(token, 'base64url');
      if (sealed.length <= nonceBytes + tagBytes || sealed.toString('base64url') !== token) return null;
      const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      });
      decipher.setAuthTag(sealed.subarray(-tagBytes));
      try {
        const text = decipher.update(sealed.subarray(nonceBytes, -tagBytes), undefined, 'utf8');
        return JSON.parse(text + decipher.final('utf8')) as [string, string];
      } catch {
        return null;
      }
    },
  };
}

const consentOf = (row: Selectable<ConsentsTable>): Consent => ({
  ...{ id: row.id, connectionId: row.connection_id, address: row.address, given: row.given, how: row.how },
  recordedBy: (row.recorded_by as unknown as Actor).name,
  recordedAt: row.recorded_at.toISOString(),
});
