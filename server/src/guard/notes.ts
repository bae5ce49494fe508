import type { Transaction } from 'kysely';
import type { Audit } from '../audit/audit.ts';
import type { Schema } from '../database/schema.ts';
import type { Json } from '../tools/tool.ts';
import type { WriteCall } from './write-call.ts';

/** Writes a step of an operation down in the audit, with where it lands. */
export type Notes = (
  call: WriteCall,
  action: string,
  subject: string,
  details: { [key: string]: Json },
  trx?: Transaction<Schema>,
) => Promise<void>;

export function createNotes(audit: Audit): Notes {
  return async function note(
    call: WriteCall,
    action: string,
    subject: string,
    details: { [key: string]: Json },
    trx?: Transaction<Schema>,
  ): Promise<void> {
    const where = {
      connectionId: call.connectionId,
      account: call.account.id,
      ...(call.account.platform && { platform: call.account.platform.id }),
      mode: call.mode,
      runId: call.runId,
    };
    const actor = { type: 'agent', id: call.agentId, name: call.agentName } as const;
    await audit.record({ actor, action, subject, details: { ...where, ...details } }, trx);
  };
}
