import assert from 'node:assert/strict';
import { createSandbox, type Sandbox } from '@purser/sandbox';
import Stripe from 'stripe';
import {
  type ActContext,
  type Found,
  type Json,
  type Plan,
  type Tool,
  ToolError,
  type ToolOutcome,
} from '../../tools/tool.ts';
import type { CheckedConnection, ConnectionTarget } from '../connection.ts';
import { stripeConnection } from './index.ts';

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
  close(): Promise<void>;
}

let operations = 0;

/** An operation as the guard hands it to `act`; the same id again is the same operation, resumed. */
export function operation(id?: string): ActContext {
  operations += 1;
  const operationId = id ?? `op_test_${operations}`;
  return { operationId, idempotencyKey: (part = 0) => `${operationId}.${part}` };
}

const account = { id: 'acct_test', name: 'Test account', country: 'US', defaultCurrency: 'usd' };

function on(sandbox: Sandbox, url: string, apiKey: string, now = () => new Date()): TestAccount {
  const { hostname: host, port } = new URL(url);
  const target: ConnectionTarget = { credentials: { apiKey }, baseUrl: url };
  const mode = apiKey.includes('_live_') ? 'live' : 'test';
  const tools = stripeConnection.tools({ ...target, account, mode, now });
  const tool = (name: string): Tool => {
    const found = tools.find((one) => one.name === name);
    if (!found) throw new Error(`There is no tool ${name}.`);
    return found;
  };
  const plan = async (name: string, input: unknown): Promise<Plan> => {
    const found = tool(name);
    if (found.effect === 'read') throw new Error(`${name} only reads.`);
    return found.plan(input, {});
  };
  const call = async (name: string, input: unknown): Promise<ToolOutcome> => {
    const found = tool(name);
    if (found.effect === 'read') return found.read(input, {});
    return found.act((await found.plan(input, {})).sealed, operation());
  };
  return {
    sandbox,
    url,
    apiKey,
    stripe: new Stripe(apiKey, { host, port, protocol: 'http', telemetry: false, maxNetworkRetries: 0 }),
    tool,
    call,
    plan,
    async traced(name, input) {
      const found = tool(name);
      if (found.effect === 'read' || !found.find) throw new Error(`${name} cannot be looked up.`);
      const context = operation();
      const since = now();
      const { sealed } = await found.plan(input, {});
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
    withKey: (other) => on(sandbox, url, other),
    at: (time) => on(sandbox, url, apiKey, () => time),
    close: () => sandbox.close(),
  };
}

/** Starts a sandbox with an empty account. */
export async function testAccount(apiKey = 'sk_test_connection_tests'): Promise<TestAccount> {
  const sandbox = createSandbox();
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
