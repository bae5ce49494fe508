import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Pool } from '../database/pool.ts';
import type { Auth } from './auth.ts';
import { isRole, lesserRole, type Role } from './roles.ts';

/** An API token as people see it; the token itself is shown once, when it is made. */
export interface TokenInfo {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** The first characters, to tell tokens apart. */
  readonly start: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  /** null: until it is revoked. */
  readonly expiresAt: Date | null;
}

export interface TokenHolder {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** The person who made it, where one did: what it asks for and approves counts as theirs. */
  readonly madeBy?: string;
}

export interface Tokens {
  /**
   * `belongsTo` is an owner, for the library; `madeBy` the person at whose leaving it ends; `days` until it expires.
   * @returns the token, which cannot be read again
   */
  create(token: {
    name: string;
    role: Role;
    belongsTo: string;
    madeBy?: string | undefined;
    days?: number | undefined;
  }): Promise<{ token: string; info: TokenInfo }>;
  list(): Promise<TokenInfo[]>;
  /** False when there is none. Other instances notice within `trustMs`. */
  revoke(id: string): Promise<boolean>;
  /** Looks every token up again at its next use. */
  forget(): void;
  /** Null for anything that is not a valid token. */
  verify(token: string): Promise<TokenHolder | null>;
}

/** For so long a token that was found good is not looked up again, also one revoked elsewhere meanwhile. */
const trustMs = 5_000;
const mostTrusted = 1_000;

const keyRow = z.object({
  id: z.string(),
  name: z.string().nullish(),
  start: z.string().nullish(),
  metadata: z.unknown(),
  createdAt: z.coerce.date(),
  lastRequest: z.coerce.date().nullish(),
  expiresAt: z.coerce.date().nullish(),
});

const daySeconds = 24 * 60 * 60;

/** The library keeps metadata as JSON text, in some answers parsed and in others not. */
function parsedMetadata(metadata: unknown): { role?: unknown; madeBy?: unknown } {
  const parsed: unknown = typeof metadata === 'string' ? JSON.parse(metadata) : metadata;
  return z.object({ role: z.unknown(), madeBy: z.unknown() }).partial().catch({}).parse(parsed);
}

function roleIn(metadata: unknown): Role {
  const { role } = parsedMetadata(metadata);
  return isRole(role) ? role : 'viewer';
}

function makerIn(metadata: unknown): string | undefined {
  const { madeBy } = parsedMetadata(metadata);
  return typeof madeBy === 'string' ? madeBy : undefined;
}

function toInfo(row: unknown): TokenInfo {
  const key = keyRow.parse(row);
  return {
    id: key.id,
    name: key.name ?? '',
    role: roleIn(key.metadata),
    start: key.start ?? '',
    createdAt: key.createdAt,
    lastUsedAt: key.lastRequest ?? null,
    expiresAt: key.expiresAt ?? null,
  };
}

export function createTokens({ auth, pool, clock }: { auth: Auth; pool: Pool; clock: Clock }): Tokens {
  /** From when until when; the clock may be set back meanwhile. */
  const trusted = new Map<string, { holder: TokenHolder; from: number; until: number }>();

  /** Nobody keeps by a token what was taken from them. */
  async function roleOf(personId: string): Promise<Role> {
    const { rows } = await pool.query<{ role: unknown }>('select role from "user" where id = $1', [personId]);
    const role = rows[0]?.role;
    return isRole(role) ? role : 'viewer';
  }

  return {
    async create({ name, role, belongsTo, madeBy, days }) {
      const metadata = { role, ...(madeBy && { madeBy }) };
      const made = await auth.api.createApiKey({
        body: { name, userId: belongsTo, metadata, ...(days && { expiresIn: days * daySeconds }) },
      });
      return { token: made.key, info: toInfo(made) };
    },
    async list() {
      const { adapter } = await auth.$context;
      const rows = await adapter.findMany({
        model: 'apikey',
        sortBy: { field: 'createdAt', direction: 'desc' },
      });
      return rows.map(toInfo);
    },
    async revoke(id) {
      const { adapter } = await auth.$context;
      trusted.clear();
      return (await adapter.deleteMany({ model: 'apikey', where: [{ field: 'id', value: id }] })) > 0;
    },
    forget: () => trusted.clear(),
    async verify(token) {
      const digest = createHash('sha256').update(token).digest('base64');
      const now = clock.now().getTime();
      const known = trusted.get(digest);
      if (known && known.from <= now && now < known.until) return known.holder;
      trusted.delete(digest);
      const { valid, key } = await auth.api.verifyApiKey({ body: { key: token } });
      if (!valid || !key) {
        // The library also says "not valid" when the database is away: then this throws instead.
        await pool.query('select 1');
        return null;
      }
      const madeBy = makerIn(key.metadata);
      const holder: TokenHolder = {
        id: key.id,
        name: key.name ?? '',
        role: madeBy ? lesserRole(roleIn(key.metadata), await roleOf(madeBy)) : roleIn(key.metadata),
        ...(madeBy && { madeBy }),
      };
      if (trusted.size >= mostTrusted) trusted.clear();
      const ends = key.expiresAt ? new Date(key.expiresAt).getTime() : Number.POSITIVE_INFINITY;
      trusted.set(digest, { holder, from: now, until: Math.min(now + trustMs, ends) });
      return holder;
    },
  };
}
