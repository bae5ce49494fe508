import assert from 'node:assert/strict';
import { createSandbox, type Sandbox, type SandboxOptions } from '@purser/sandbox';
import Stripe from 'stripe';
import {
  type ActContext,
  type Found,
  type Json,
  type Plan,
  type Tool,
  ToolError,
  type ToolOutcome,
  type WriteTool,
} from '../../tools/tool.ts';
import type { CheckedConnection, ConnectionTarget, ToolTarget } from '../connection.ts';
import { stripeConnection } from './index.ts';
import { undoLabel } from './stripe-tool.ts';

/** What an operation was found to have left, before it was carried out and after. */
export interface Traced {
  readonly before: Found;
  /** What `act` said: the ToolError where it was refused. */
  readonly said: ToolOutcome | ToolError;
  readonly after: Found;
}

/** A sandbox on a free port, the official SDK on the same account, and that account's tools: for tests only. */
export interface TestAccount {
  readonly sandbox: Sandbox;
  readonly url: string;
  readonly stripe: Stripe;
  readonly apiKey: string;
  readonly tools: readonly Tool[];
  tool(name: string): Tool;
  /** Plans and acts, or reads. */
  call(name: string, input: unknown): Promise<ToolOutcome>;
  plan(name: string, input: unknown): Promise<Plan>;
  /** Plans and acts, and looks up what that left, before and after: as when no answer had come. */
  traced(name: string, input: unknown): Promise<Traced>;
  /** Does what sets a call back. */
  undo(outcome: ToolOutcome): Promise<ToolOutcome>;
  /** The ToolError a call ends in. @throws when it succeeds. */
  refusal(name: string, input: unknown): Promise<ToolError>;
  /** Controls the sandbox: `/_sandbox/<path>`. */
  control(path: string, body: Json): Promise<{ secret: string }>;
  check(target?: Partial<ConnectionTarget>): Promise<CheckedConnection>;
  /** The same account through another key. */
  withKey(apiKey: string): TestAccount;
  /** The same account, its tools thinking it is another time. */
  at(now: Date): TestAccount;
  /** The same account, its tools made for something else. */
  with(changed: Partial<ToolTarget>): TestAccount;
  /** The same account, its tools not waiting but having this done meanwhile. */
  whileWaiting(done: (ms: number) => Promise<void>): TestAccount;
  close(): Promise<void>;
}

let operations = 0;

/** An operation as the guard hands it to `act`; the same id again is the same operation, resumed. */
export function operation(id?: string): ActContext {
  operations += 1;
  const operationId = id ?? `op_test_${operations}`;
  return { operationId, threadId: 'thr_test', idempotencyKey: (part = 0) => `${operationId}.${part}` };
}

/** Whoever is asked is always told whether it can be undone. */
async function planOf(tool: WriteTool<unknown>, input: unknown): Promise<Plan> {
  const plan = await tool.plan(input, {});
  assert(
    plan.preview.facts.some(({ label }) => label === undoLabel),
    `The preview of ${tool.name} does not say whether it can be undone.`,
  );
  return plan;
}

const account = { id: 'acct_test', name: 'Test account', country: 'US', defaultCurrency: 'usd' };

function on(sandbox: Sandbox, url: string, apiKey: string, changed: Partial<ToolTarget> = {}): TestAccount {
  const { now = () => new Date() } = changed;
  const { hostname: host, port } = new URL(url);
  const target: ConnectionTarget = { credentials: { apiKey }, baseUrl: url };
  const mode = apiKey.includes('_live_') ? 'live' : 'test';
  const tools = stripeConnection.tools({ ...target, account, mode, now, ...changed });
  const tool = (name: string): Tool => {
    const found = tools.find((one) => one.name === name);
    if (!found) throw new Error(`There is no tool ${name}.`);
    return found;
  };
  const plan = async (name: string, input: unknown): Promise<Plan> => {
    const found = tool(name);
    if (found.effect === 'read') throw new Error(`${name} only reads.`);
    return planOf(found, input);
  };
  const call = async (name: string, input: unknown): Promise<ToolOutcome> => {
    const found = tool(name);
    if (found.effect === 'read') return found.read(input, {});
    return found.act((await planOf(found, input)).sealed, operation());
  };
  return {
    sandbox,
    url,
    apiKey,
    tools,
    stripe: new Stripe(apiKey, { host, port, protocol: 'http', telemetry: false, maxNetworkRetries: 0 }),
    tool,
    call,
    plan,
    async traced(name, input) {
      const found = tool(name);
      if (found.effect === 'read' || !found.find) throw new Error(`${name} cannot be looked up.`);
      const context = operation();
      const since = now();
      const { sealed } = await planOf(found, input);
      const look = () => found.find?.(sealed, { operationId: context.operationId, since }) ?? null;
      const before = await look();
      const said = await found.act(sealed, context).catch((error: unknown) => {
        if (error instanceof ToolError) return error;
        throw error;
      });
      return { before, said, after: await look() };
    },
    async undo({ undo }) {
      if (!undo) throw new Error('There is nothing that sets it back.');
      return call(undo.tool, undo.input);
    },
    async refusal(name, input) {
      const error = await call(name, input).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (error instanceof ToolError) return error;
      throw error ?? new Error(`${name} was not refused.`);
    },
    async control(path, body) {
      const response = await fetch(`${url}/_sandbox/${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${apiKey}` },
        body: JSON.stringify(body),
      });
      return (await response.json()) as { secret: string };
    },
    check: (changed) => stripeConnection.check({ ...target, ...changed }),
    withKey: (other) => on(sandbox, url, other, changed),
    at: (time) => on(sandbox, url, apiKey, { ...changed, now: () => time }),
    with: (more) => on(sandbox, url, apiKey, { ...changed, ...more }),
    whileWaiting: (pause) => on(sandbox, url, apiKey, { ...changed, pause }),
    close: () => sandbox.close(),
  };
}

/** Starts a sandbox with an empty account. */
export async function testAccount(
  apiKey = 'sk_test_connection_tests',
  options: SandboxOptions = {},
): Promise<TestAccount> {
  const sandbox = createSandbox(options);
  const { url } = await sandbox.listen({ port: 0 });
  return on(sandbox, url, apiKey);
}

/**
 * Carries a call out and looks up what it left: nothing before, and after it the same as its own answer told.
 * @throws the ToolError it was refused with
 */
export async function foundAgain(account: TestAccount, name: string, input: unknown): Promise<ToolOutcome> {
  const { before, said, after } = await account.traced(name, input);
  if (said instanceof ToolError) throw said;
  if (before !== null) throw new Error(`${name} was found before it was done.`);
  const told = (found: Found) =>
    found && !(found instanceof ToolError) && { ...found, record: undefined, requestIds: undefined };
  assert.deepEqual(told(after), told(said));
  return said;
}

/** A connected account that Stripe's test data verifies at once, so that it can be paid. */
export const verifiedSeller = {
  type: 'custom',
  country: 'US',
  business_type: 'individual',
  business_profile: { mcc: '5734', url: 'https://accessible.stripe.com', name: 'Pottery' },
  capabilities: { card_payments: { requested: true }, transfers: { requested: true } },
  individual: {
    ...{ first_name: 'Jenny', last_name: 'Rosen', email: 'jenny@example.com', phone: '0000000000' },
    ...{ dob: { day: 1, month: 1, year: 1901 }, ssn_last_4: '0000' },
    address: { line1: 'address_full_match', city: 'Ohio City', state: 'OH', postal_code: '44113' },
  },
  tos_acceptance: { date: 1_700_000_000, ip: '8.8.8.8' },
  external_account: 'btok_us_verified',
} satisfies Stripe.AccountCreateParams;
