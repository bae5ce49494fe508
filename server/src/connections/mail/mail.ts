import type { Selectable } from 'kysely';
import type { MailState, MailsTable } from '../../database/schema.ts';

/** A mail as people and clients see it. */
export interface Mail {
  id: string;
  from: string;
  to: string;
  subject: string;
  /** Markdown, as it was written. */
  body: string;
  /** As its recipient sees it. */
  html: string;
  state: MailState;
  attempts: number;
  problem: string | null;
  /** It came back: there is no such mailbox. */
  bounced: boolean;
  operationId: string | null;
  threadId: string | null;
  connectionId: string | null;
  /** It needs consent, and says how to unsubscribe. */
  needsConsent: boolean;
  createdAt: string;
  sentAt: string | null;
}

export function mailOf(row: Selectable<MailsTable>): Mail {
  return {
    id: row.id,
    from: row.sender,
    to: row.recipient,
    subject: row.subject,
    body: row.body,
    html: row.html,
    state: row.state,
    attempts: row.attempts,
    problem: row.problem,
    bounced: row.bounced,
    operationId: row.operation_id,
    threadId: row.thread_id,
    connectionId: row.connection_id,
    needsConsent: row.unsubscribe_url !== null,
    createdAt: row.created_at.toISOString(),
    sentAt: row.sent_at?.toISOString() ?? null,
  };
}
