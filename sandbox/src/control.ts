import type { Context, Hono } from 'hono';
import type { Account } from './account.ts';
import { chooseVersion } from './account-version.ts';
import { addApprovalControl } from './approvals/control.ts';
import { auditBooks } from './audit.ts';
import { addBillingControl } from './billing-settings.ts';
import { type Directory, newSecret, secrets } from './directory.ts';
import type { createFaults } from './faults.ts';
import { newId } from './ids.ts';
import type { createLimiter } from './limits.ts';
import type { SeedName } from './options.ts';
import { addSearchControl } from './search-delay.ts';
import type { Caller } from './seeds/player.ts';
import { addTroubleControl } from './trouble.ts';
import { lookAfter } from './upkeep.ts';
import { addWebhookControl } from './webhooks/control.ts';
import { limitedText } from './wire/body.ts';
import { invalidRequest } from './wire/errors.ts';
import { decodeForm, type FormMap } from './wire/form.ts';
import { decodeJson } from './wire/json.ts';
import { type Access, keyFrom, permissionRow } from './wire/keys.ts';
import { boolean, mapOf, oneOf, parseFields, required, text } from './wire/params.ts';
import { checkedVersion } from './wire/version.ts';

interface ControlOptions {
  /** The rows of permissions that restricted keys can have. */
  readonly permissions: ReadonlySet<string>;
  readonly directory: Directory;
  readonly faults: ReturnType<typeof createFaults>;
  readonly limits: ReturnType<typeof createLimiter>;
  readonly call: Caller;
  readonly reset: (account: Account, seed: SeedName) => Promise<void>;
  readonly describe: () => unknown;
}

const resetFields = { seed: oneOf('demo', 'empty') } as const;
const accountFields = { livemode: boolean() } as const;
const keyFields = { permissions: required(mapOf(oneOf('none', 'read', 'write'))) } as const;
const versionFields = { version: required(text(100)) } as const;
const revokeFields = { secret: required(text(300)) } as const;

/** The routes under `/_sandbox`, outside Stripe's own: about the sandbox, not in it. Bodies are JSON or forms. */
export function addControlRoutes(app: Hono, options: ControlOptions): void {
  const { directory, faults } = options;
  const accountOf = async (context: Context): Promise<Account> => {
    const { account, permissions } = await directory.authenticate(
      keyFrom(context.req.header('authorization')),
    );
    if (permissions !== null) throw invalidRequest('Only a full secret key may control the sandbox.');
    return account;
  };

  app.get('/_sandbox', (context) => context.json(options.describe()));

  app.get('/_sandbox/audit', async (context) => {
    const account = await accountOf(context);
    lookAfter(account);
    const problems = auditBooks(account);
    return context.json({ account: account.id, ok: problems.length === 0, problems });
  });

  app.post('/_sandbox/reset', async (context) => {
    const account = await accountOf(context);
    const { seed = 'empty' } = parseFields(resetFields, await bodyOf(context));
    faults.clear(account.id);
    await options.reset(account, seed);
    return context.json({ account: account.id, seed });
  });

  app.post('/_sandbox/api_version', async (context) => {
    const account = await accountOf(context);
    const version = checkedVersion(parseFields(versionFields, await bodyOf(context)).version);
    chooseVersion(account, version);
    await account.flush();
    return context.json({ account: account.id, version });
  });

  addBillingControl(app, { accountOf, bodyOf });
  addSearchControl(app, { accountOf, bodyOf });
  addTroubleControl(app, { faults, limits: options.limits, accountOf, bodyOf });
  addWebhookControl(app, { accountOf, bodyOf });
  addApprovalControl(app, { accountOf, bodyOf, call: options.call });
  app.post('/_sandbox/accounts', async (context) => {
    const { livemode = false } = parseFields(accountFields, await bodyOf(context));
    if (!livemode) return context.json({ secret: `sk_test_${newId('sandbox', 24)}` });
    const account = await directory.open(newId('acct', 16), true);
    return context.json({
      account: account.id,
      secret: await keepSecret(account, newSecret('sk_live', account.id), null),
    });
  });

  app.post('/_sandbox/restricted_keys', async (context) => {
    const account = await accountOf(context);
    const { permissions } = parseFields(keyFields, await bodyOf(context));
    const rows = rowsOf(permissions, options.permissions);
    const prefix = account.livemode ? 'rk_live' : 'rk_test';
    const secret = await keepSecret(account, newSecret(prefix, account.id), rows);
    return context.json({ account: account.id, secret, permissions: rows });
  });

  app.post('/_sandbox/restricted_keys/revoke', async (context) => {
    const account = await accountOf(context);
    const { secret } = parseFields(revokeFields, await bodyOf(context));
    const record = account.of(secrets).get(secret);
    if (!record) throw invalidRequest('This account has no such restricted key.', { param: 'secret' });
    account.transact(() => account.of(secrets).put({ ...record, revoked: true }));
    await account.flush();
    return context.json({ revoked: true });
  });
}

/** Permissions by their machine names. Refuses names that would grant nothing. */
function rowsOf(
  permissions: Readonly<Record<string, 'none' | Access>>,
  known: ReadonlySet<string>,
): Record<string, Access> {
  const rows: Record<string, Access> = {};
  for (const [name, access] of Object.entries(permissions)) {
    const row = permissionRow(name);
    if (!known.has(row))
      throw invalidRequest(
        `Unknown permission: ${name.slice(0, 100)}. Restricted keys can have these here: ${[...known].sort().join(', ')}.`,
        { param: `permissions[${name.slice(0, 100)}]` },
      );
    // Two names of one row (`charges` and `refunds`): the wider grant counts.
    if (access !== 'none' && rows[row] !== 'write') rows[row] = access;
  }
  return rows;
}

async function keepSecret(
  account: Account,
  id: string,
  permissions: Record<string, Access> | null,
): Promise<string> {
  account.transact(() => account.of(secrets).put({ id, permissions, revoked: false }));
  await account.flush();
  return id;
}

async function bodyOf(context: Context): Promise<FormMap> {
  const body = await limitedText(context.req.raw);
  if (body.trim() === '') return {};
  return body.trimStart().startsWith('{') ? decodeJson(body) : decodeForm(body);
}
