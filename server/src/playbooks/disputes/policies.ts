/** A business's own rules, as the knowledge of the agent that a playbook works as holds them. */
import type { Kysely } from 'kysely';
import type { Schema } from '../../database/schema.ts';

export type PolicyKind = 'refund' | 'cancellation';

export interface PolicyDocument {
  /** Names of the documents that it was taken from. */
  readonly from: readonly string[];
  readonly text: string;
}

/** What documents and sections are called that hold the rules; Postgres’s own kind of pattern. */
const called: Readonly<Record<PolicyKind, string>> = {
  refund: '\\m(refund|return|money[- ]back|erstattung|rückgabe|rembours|reembolso|devoluci)',
  cancellation: '\\m(cancel|terminat|kündigung|widerruf|résiliation|annulation|cancelaci)',
};
const mostPassages = 100;
const mostText = 40_000;

/** The rules of one kind; null where no document of the agent, and no section of one, is called so. */
export async function policyDocument(
  db: Kysely<Schema>,
  { playbook, connectionId }: { playbook: string; connectionId: string },
  kind: PolicyKind,
): Promise<PolicyDocument | null> {
  const passages = await db
    .selectFrom('passages')
    .innerJoin('documents', 'documents.id', 'passages.document_id')
    .innerJoin('playbooks', 'playbooks.agent_id', 'documents.agent_id')
    .select(['documents.name', 'place', 'text'])
    .where('playbooks.name', '=', playbook)
    .where('playbooks.connection_id', '=', connectionId)
    .where((where) =>
      where.or([where('documents.name', '~*', called[kind]), where('place', '~*', called[kind])]),
    )
    .orderBy('documents.name')
    .orderBy('position')
    .limit(mostPassages)
    .execute();
  if (passages.length === 0) return null;
  const from = [...new Set(passages.map(({ name }) => name))];
  const whole = from.map((name) => {
    const own = passages.filter((passage) => passage.name === name).map(({ text }) => text);
    return [name, ...own].join('\n\n');
  });
  return { from, text: whole.join('\n\n----------\n\n').slice(0, mostText) };
}
