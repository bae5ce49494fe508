/** What playbooks do not take, said as the API says it. */
import type { Kysely } from 'kysely';
import type { z } from 'zod';
import type { Schema } from '../database/schema.ts';
import { invalidInput, Problem } from '../problem.ts';
import { ToolError } from '../tools/tool.ts';
import { impossible } from './orders/quote.ts';

/** @throws Problem 422 that names each field */
export function checked(schema: z.ZodType<unknown>, given: unknown, path: string): unknown {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw invalidInput(
    parsed.error.issues.map((issue) => ({
      path: [path, ...issue.path].filter((part) => part !== '').join('.'),
      message: issue.message,
    })),
  );
}

/** It was asked for what there is not, or what cannot be. */
const isOurs = ({ code }: ToolError) => code === 'not_found' || impossible.has(code);

/** What the account refuses, as the API says it. */
export async function explained<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    const detail = [error.message, error.next].filter(Boolean).join(' ');
    throw new Problem({
      status: isOurs(error) ? 422 : 502,
      code: error.code,
      title: isOurs(error) ? 'Not possible' : 'The account could not be read',
      detail,
      cause: error,
    });
  }
}

export async function mustBeAttached(
  db: Kysely<Schema>,
  agentId: string,
  connectionId: string,
): Promise<void> {
  const attached = await db
    .selectFrom('agent_connections')
    .innerJoin('agents', 'agents.id', 'agent_connections.agent_id')
    .select('agents.id')
    .where('agents.id', '=', agentId)
    .where('agents.deleted_at', 'is', null)
    .where('connection_id', '=', connectionId)
    .executeTakeFirst();
  if (!attached)
    throw invalidInput([{ path: 'agentId', message: 'Choose an agent that uses this connection.' }]);
}
