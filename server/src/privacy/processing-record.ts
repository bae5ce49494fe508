import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import type { RetentionDays } from './retention.ts';

/** What of the settings the record tells. */
export interface ProcessingFacts {
  readonly version: string;
  readonly database: 'embedded' | 'external';
  readonly publicUrl: string | null;
  /** Providers that text of conversations may be sent to. */
  readonly providers: readonly string[];
  /** Host that sends mail; null: none, mail stays here. */
  readonly mailHost: string | null;
  /** Where spans and audit anchors go. */
  readonly collectors: readonly string[];
  readonly retention: RetentionDays;
}

const days = (count: number | null): string => (count === null ? 'until they are erased' : `${count} days`);
const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ');

async function connectionLines(db: Kysely<Schema>): Promise<string[]> {
  const rows = await db
    .selectFrom('connections')
    .select(['type', 'name', 'mode', 'account_id'])
    .where('deleted_at', 'is', null)
    .orderBy('created_at')
    .execute();
  return rows.map(
    ({ type, name, mode, account_id }) => `| ${cell(name)} | ${type}, ${mode} mode | ${cell(account_id)} |`,
  );
}

/**
 * The record of processing activities (GDPR, article 30) as Markdown, from what is set up now. What only people know
 * (who is responsible, on what legal basis) is left for them to fill in, and marked so.
 */
export async function processingRecord(
  db: Kysely<Schema>,
  facts: ProcessingFacts,
  now: Date,
): Promise<string> {
  const connections = await connectionLines(db);
  const { retention, providers, mailHost, collectors } = facts;
  const lines = [
    `# Record of processing activities: Purser`,
    '',
    `Made by Purser ${facts.version} on ${now.toISOString().slice(0, 10)} from its settings${facts.publicUrl ? ` at ${facts.publicUrl}` : ''}. Fill in what is marked ▢.`,
    '',
    '- Controller, contact, data protection officer: ▢',
    '- Purpose: running the payments, billing and customer service of the accounts below with the help of agents',
    '- Legal basis: performance of contracts and legal obligations (articles 6(1)(b) and (c)) ▢ check',
    '- Where it is kept: ' +
      (facts.database === 'embedded'
        ? 'an embedded PostgreSQL on this machine'
        : 'the PostgreSQL of DATABASE_URL') +
      ' ▢ country, operator',
    '',
    '## Whose data, which, for how long',
    '',
    '| data | of whom | kept |',
    '| --- | --- | --- |',
    `| conversations with agents, with what they looked up | customers, own people | ${days(retention.threads)} |`,
    `| mail that was written | customers | ${days(retention.mails)} |`,
    `| events from payment accounts | customers | ${days(retention.events)} |`,
    '| operations, approvals, ledger | customers (by id), own people | as tax and commercial law want ▢ |',
    '| audit record | own people; customers by id | as long as Purser is used |',
    '| people, sessions, tokens | own people | until they are removed |',
    '| card numbers | nobody | never: masked before anything is stored |',
    '',
    '## Accounts it is taken from and written to',
    '',
    ...(connections.length > 0
      ? ['| connection | kind | account |', '| --- | --- | --- |', ...connections]
      : ['None.']),
    '',
    '## Recipients',
    '',
    '- Stripe and the other accounts above',
    providers.length > 0
      ? `- Model providers, which get what is said in conversations and looked up for them: ${providers.join(', ')} ▢ contract, country`
      : '- No model provider: the built-in model runs on this machine',
    mailHost === null
      ? '- No mail leaves: it is kept in the outbox'
      : `- Mail server: ${mailHost} ▢ operator`,
    ...collectors.map((each) => `- Gets names and ids, no personal texts: ${each} ▢ operator`),
    '',
    '## Technical and organisational measures',
    '',
    'Encryption of credentials at rest; roles; approvals; budgets; masking of card numbers and keys at every entrance; an audit',
    'record that can only be added to; backups with the key apart; export and erasure of one customer’s data; retention periods',
    'applied every hour.',
  ];
  return `${lines.join('\n')}\n`;
}
