import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Account, openAccount, type Registry } from './account.ts';
import type { Clock } from './clock.ts';
import { derivedText, randomText } from './ids.ts';
import { folderBlobs, memoryBlobs } from './store/blobs.ts';
import type { CollectionSpec } from './store/collection.ts';
import { FileJournal, forgetfulJournal } from './store/journal.ts';
import { journalHolds } from './store/journal-file.ts';
import { invalidRequest } from './wire/errors.ts';
import {
  expiredKey,
  expiredSession,
  invalidKey,
  type Permissions,
  publishableKeyRefused,
  type sessionPrefix,
} from './wire/keys.ts';

/** A restricted or a live key of an account, or the token of a meter event session. Full test keys need no record: the account's id comes from the key. */
export interface SecretRecord {
  readonly id: string;
  readonly permissions: Permissions;
  readonly revoked: boolean;
  /** Until when it opens anything; seconds. Absent: for ever. */
  readonly expires?: number;
}
export const secrets: CollectionSpec<SecretRecord> = { name: 'secrets', indexes: {} };

/** How many accounts one sandbox opens, so that a client inventing keys cannot fill the memory. */
const maxAccounts = 10_000;
const suffixLength = 16;

/** The account of any `sk_test_…` key, the same for ever. */
export function accountIdOf(secretKey: string): string {
  return `acct_${derivedText(secretKey, suffixLength)}`;
}

type SecretPrefix = 'rk_test' | 'rk_live' | 'sk_live' | `${typeof sessionPrefix}_${'test' | 'live'}`;

/** A new key or token; it names its account, so that it needs no table across accounts. */
export function newSecret(prefix: SecretPrefix, accountId: string): string {
  return `${prefix}_51${accountId.slice('acct_'.length)}${randomText(32)}`;
}

export interface Directory {
  /** The account and powers of a key. Throws Stripe's 401 for what is not a key here. */
  authenticate(key: string): Promise<{ account: Account; permissions: Permissions }>;
  open(id: string, livemode: boolean): Promise<Account>;
  /** An account that already exists, by its `address`; undefined otherwise. */
  find(address: string): Promise<Account | undefined>;
  opened(): Iterable<Account>;
  /** Opens the accounts on disk that have, or had, something in a collection. */
  resume(collection: string): Promise<void>;
  close(): Promise<void>;
}

interface DirectoryOptions {
  readonly dataDir: string | null;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: (message: string, cause?: unknown) => void;
  /** Where the sandbox listens. */
  readonly origin: () => string;
  /** Called soon after something changed in an account that is ready for use. */
  readonly changed: (account: Account) => void;
  /** An account connected to another; undefined when there is none. */
  readonly childOf: (platform: Account, id: string) => Account | undefined;
  /** Called once for each account that is opened, before anyone uses it. */
  readonly prepare: (account: Account) => Promise<void>;
}

/** Opens accounts when their key is first used and keeps them open. */
export function createDirectory(options: DirectoryOptions): Directory {
  const opening = new Map<string, Promise<Account>>();
  const ready = new Map<string, Account>();
  /** The accounts by the keys they were used with, since deriving an id from a key takes a while. */
  const byKey = new Map<string, Account>();

  function pathOf(id: string, livemode: boolean): string | null {
    return options.dataDir === null ? null : join(options.dataDir, `${id}${livemode ? '.live' : ''}.journal`);
  }

  async function openNew(id: string, livemode: boolean): Promise<Account> {
    const path = pathOf(id, livemode);
    const journal = path === null ? forgetfulJournal : new FileJournal(path);
    const blobs = path === null ? memoryBlobs() : folderBlobs(path.replace(/\.journal$/, '.files'));
    const { registry, clock, log, origin } = options;
    const changed = (account: Account) => {
      if (ready.has(id)) options.changed(account);
    };
    const account = openAccount({ id, livemode, registry, clock, journal, blobs, origin, changed, log });
    await options.prepare(account);
    ready.set(id, account);
    options.changed(account);
    return account;
  }

  function open(id: string, livemode: boolean): Promise<Account> {
    const known = opening.get(id);
    if (known) return known;
    if (opening.size >= maxAccounts)
      throw invalidRequest(`This sandbox has reached its limit of ${maxAccounts} accounts.`);
    const fresh = openNew(id, livemode);
    opening.set(id, fresh);
    // A failed opening is tried again by the next request.
    fresh.catch(() => opening.delete(id));
    return fresh;
  }

  async function bySecret(key: string) {
    const [, mode, suffix] =
      /^(?:[rs]k|mes)_(test|live)_51([A-Za-z0-9]{16})[A-Za-z0-9]{1,224}$/.exec(key) ?? [];
    if (suffix === undefined) throw invalidKey(key);
    const id = `acct_${suffix}`;
    const livemode = mode === 'live';
    const path = pathOf(id, livemode);
    if (!opening.has(id) && (path === null || !existsSync(path))) throw invalidKey(key);
    const account = await open(id, livemode);
    const record = account.livemode === livemode ? account.of(secrets).get(key) : undefined;
    if (!record) throw invalidKey(key);
    if (record.revoked) throw expiredKey(key);
    if (record.expires !== undefined && record.expires <= account.ownNow()) throw expiredSession();
    return { account, permissions: record.permissions };
  }

  async function existing(id: string): Promise<Account | undefined> {
    if (opening.has(id)) return opening.get(id);
    if (!/^acct_[A-Za-z0-9]+$/.test(id)) return undefined;
    for (const livemode of [false, true]) {
      const path = pathOf(id, livemode);
      if (path !== null && existsSync(path)) return open(id, livemode);
    }
    return undefined;
  }

  return {
    async authenticate(key) {
      const known = byKey.get(key);
      if (known) return { account: known, permissions: null };
      if (/^pk_(test|live)_/.test(key)) throw publishableKeyRefused();
      if (/^sk_test_[A-Za-z0-9_]{1,240}$/.test(key)) {
        const account = await open(accountIdOf(key), false);
        byKey.set(key, account);
        return { account, permissions: null };
      }
      return bySecret(key);
    },
    open,
    async find(address) {
      const [id = '', child] = address.split('.');
      const account = await existing(id);
      return account && child !== undefined ? options.childOf(account, child) : account;
    },
    opened: () => ready.values(),
    async resume(collection) {
      const folder = options.dataDir;
      if (folder === null || !existsSync(folder)) return;
      for (const name of await readdir(folder)) {
        const [, id, live] = /^(acct_[A-Za-z0-9]+)(\.live)?\.journal$/.exec(name) ?? [];
        if (id !== undefined && (await journalHolds(join(folder, name), collection)))
          await open(id, live !== undefined);
      }
    },
    async close() {
      await Promise.all([...opening.values()].map(async (account) => (await account).close()));
    },
  };
}
