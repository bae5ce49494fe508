import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Tool, ToolError } from '../../tools/tool.ts';
import { stripeConnection } from './index.ts';
import { type PermissionName, permissionLabels } from './permissions.ts';
import { type TestAccount, testAccount } from './testing.ts';

/**
 * Every tool with a key that has no permission at all: it must be refused, by the name that the Dashboard has for the
 * row, with the level that lets the tool finish, and where to set it. Tools that are new are walked, too: their inputs
 * are made from their schemas.
 */
let account: TestAccount;
let powerless: TestAccount;
beforeAll(async () => {
  account = await testAccount('sk_test_permission_walk');
  powerless = account.withKey((await account.control('restricted_keys', { permissions: {} })).secret);
});
afterAll(() => account.close());

interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** Texts by the name of their field; what is in no row is an id of nothing. */
const texts: readonly (readonly [RegExp, string])[] = [
  [/email|recipient|^to$/, 'walk@example.com'],
  [/url/, 'https://example.com/'],
  [/currency/, 'usd'],
  [/amount|price_each|balance|minimum/, '10.00'],
  [/percent/, '10'],
  [/^(start|at|due|from|to|until|date|expires)|_(at|date|by|on)$/, '2027-01-01'],
  [/country/, 'US'],
  [/path/, '/v1/products'],
  [/sql/, 'select count(*) from charges'],
  [/customer/, 'cus_walk1234'],
  [/^id$/, 'cus_walk1234'],
  [/price/, 'price_walk1234'],
  [/intent/, 'pi_walk1234'],
  [/invoice/, 'in_walk1234'],
  [/subscription/, 'sub_walk1234'],
  [/charge/, 'ch_walk1234'],
  [/payout/, 'po_walk1234'],
  [/method|card/, 'pm_card_visa'],
  [/file/, 'file_walk1234'],
];

function sample(schema: Schema, name: string, optional: ReadonlySet<string> = new Set()): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const [either] = schema.anyOf ?? schema.oneOf ?? [];
  if (either) return sample(either, name);
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {})
          .filter(([key]) => schema.required?.includes(key) || optional.has(key))
          .map(([key, property]) => [key, sample(property, key)]),
      );
    case 'array':
      return Array.from({ length: Math.max(1, schema.minItems ?? 1) }, () =>
        sample(schema.items ?? {}, name),
      );
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return Math.max(1, schema.minimum ?? 1);
    default:
      return texts.find(([fits]) => fits.test(name))?.[1] ?? 'walk1234';
  }
}

/** The smallest input that the tool takes: what is required, with one or two more where a rule wants them. */
function inputFor(tool: Tool): unknown {
  const schema = z.toJSONSchema(tool.input, { io: 'input' }) as Schema;
  const more = Object.keys(schema.properties ?? {}).filter((key) => !schema.required?.includes(key));
  const choices = [[], ...more.map((key) => [key]), ...more.flatMap((a) => more.map((b) => [a, b])), more];
  for (const choice of choices) {
    const input = sample(schema, '', new Set(choice));
    if (tool.input.safeParse(input).success) return input;
  }
  throw new Error(`No input for ${tool.name} could be made: write one into byHand.`);
}

/** Inputs that a schema alone does not tell. */
const byHand: Readonly<Record<string, unknown>> = {
  capture_payment_intent: { payment_intent: 'pi_walk1234' },
  cancel_payment_intent: { payment_intent: 'pi_walk1234' },
  ensure_webhook_endpoint: { url: 'https://example.com/hooks', events: ['invoice.paid'] },
  record_meter_event: { meter: 'Calls', customer: 'cus_walk1234', value: '3' },
  search_objects: { type: 'customer', email: 'walk@example.com' },
  stage_dispute_evidence: { dispute: 'dp_walk1234', evidence: { uncategorized_text: 'It was delivered.' } },
};

/** They ask nothing of the account, or of what the sandbox has not; the last falls back to what is known anyway. */
const asksNothing = ['check_connection', 'explain_error', 'search_stripe_documentation', 'run_sql_query'];
const anyAccount = { id: 'acct_1', name: 'Test', country: 'US', defaultCurrency: 'usd' };

function stripeConnectionTools(): string[] {
  const target = { credentials: { apiKey: 'sk_test_none' }, baseUrl: null, mode: 'test' as const };
  const tools = stripeConnection.tools({ ...target, account: anyAccount, now: () => new Date() });
  return tools.map(({ name }) => name);
}

const walked = stripeConnectionTools().filter(
  (name) => !asksNothing.includes(name) && name !== 'get_account_info',
);

describe('every tool, with a key that lacks the row it needs', () => {
  test.each(walked)('%s says which row is missing, at which level, and where it is set', async (name) => {
    const tool = powerless.tool(name);
    const error = await powerless.refusal(name, byHand[name] ?? inputFor(tool));
    expect(error).toMatchObject({ code: 'permission_missing' });
    const { resource, access, dashboard_url: url } = error.details;
    const declared = tool.permissions.filter((one) => one.resource === resource);
    if (tool.permissions.length > 0)
      expect(declared, `${name} needs ${resource} and does not say so`).not.toEqual([]);
    const level = declared.some((one) => one.access === 'write') ? 'write' : access;
    expect(access).toBe(level);
    const label = permissionLabels[resource as PermissionName];
    expect(error.next).toContain(`set "${label}" to ${level === 'write' ? 'Write' : 'Read'}`);
    expect(url).toBe('https://dashboard.stripe.com/test/apikeys');
  });

  test.each(walked)('%s gets past the door with what it declares', async (name) => {
    const tool = account.tool(name);
    const permissions = Object.fromEntries(
      tool.permissions.map(({ resource, access }) => [resource, access]),
    );
    for (const { resource, access } of tool.permissions)
      if (access === 'write') permissions[resource] = 'write';
    if (tool.permissions.length === 0) return;
    const { secret } = await account.control('restricted_keys', { permissions });
    const error = await account
      .withKey(secret)
      .call(name, byHand[name] ?? inputFor(tool))
      .then(
        () => null,
        (thrown: unknown) => thrown,
      );
    if (error !== null && !(error instanceof ToolError)) throw error;
    expect(error?.code === 'permission_missing' ? error.message : null).toBeNull();
  });
});
