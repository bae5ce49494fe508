/** What the row of a connection says: for people, and of its account and key. */
import type { Kysely, Selectable } from 'kysely';
import { jsonb } from '../database/json.ts';
import type { ConnectionsTable, Schema } from '../database/schema.ts';
import type { Account, Mode } from '../tools/account.ts';
import type { CheckedConnection, PermissionRow } from './connection.ts';

/** A connection as people see it: never its key. */
export interface Connection {
  id: string;
  type: string;
  name: string;
  mode: Mode;
  account: Account;
  permissions: PermissionRow[];
  key: {
    last4: string;
    fingerprint: string;
    kind: 'secret' | 'restricted';
    addedAt: string;
    /** When it last served an agent, a report or the reading of events, to the minute; null: never. */
    lastUsedAt: string | null;
  };
  baseUrl: string | null;
  /** The family its tools belong to, where it works beside whatever account a thread is about; null for an account. */
  beside: string | null;
  /** True for the embedded sandbox's demo account, made by Purser itself. */
  demo: boolean;
  status: 'ok' | 'failing';
  /** The last check's complaint, in words. */
  problem: string | null;
  warnings: string[];
  checkedAt: string;
  createdAt: string;
  agents: { id: string; name: string }[];
}

/** The same account in the same mode, reached in the same way: by its own key or that of the same platform. */
export function sameAccount(row: Selectable<ConnectionsTable>, fresh: CheckedConnection): boolean {
  const { platform } = row.account as unknown as Account;
  return (
    row.account_id === fresh.account.id &&
    row.mode === fresh.mode &&
    platform?.id === fresh.account.platform?.id
  );
}

export function otherAccount(row: Selectable<ConnectionsTable>, fresh: CheckedConnection): string {
  const through = (account: Account) => (account.platform ? ` through ${account.platform.id}` : '');
  const stored = row.account as unknown as Account;
  return `This key belongs to ${fresh.account.name} (${fresh.account.id}${through(fresh.account)}, ${fresh.mode}), the connection to ${row.account_id}${through(stored)} (${row.mode}).`;
}

export function checkColumns(found: CheckedConnection) {
  return {
    permissions: jsonb(found.permissions),
    warnings: jsonb(found.warnings),
    discovered: found.discovered === undefined ? null : jsonb(found.discovered),
  };
}

export function keyColumns(found: CheckedConnection) {
  const { last4, fingerprint, kind } = found.key;
  return { ...checkColumns(found), key_last4: last4, key_fingerprint: fingerprint, key_kind: kind };
}

export function keyFacts({ key, account, mode }: CheckedConnection) {
  return { keyFingerprint: key.fingerprint, keyKind: key.kind, account: account.id, mode };
}

export async function agentsOf(
  db: Kysely<Schema>,
  id?: string,
): Promise<Map<string, { id: string; name: string }[]>> {
  let query = db
    .selectFrom('agent_connections')
    .innerJoin('agents', 'agents.id', 'agent_connections.agent_id')
    .select(['connection_id', 'agents.id', 'agents.name'])
    .where('agents.deleted_at', 'is', null);
  if (id) query = query.where('connection_id', '=', id);
  const byConnection = new Map<string, { id: string; name: string }[]>();
  for (const { connection_id, ...agent } of await query.orderBy('attached_at').execute()) {
    byConnection.set(connection_id, [...(byConnection.get(connection_id) ?? []), agent]);
  }
  return byConnection;
}

export function toConnection(
  row: Selectable<ConnectionsTable>,
  agents: { id: string; name: string }[],
): Connection {
  return {
    id: row.id,
    type: row.type,
    name: row.name,
    mode: row.mode,
    account: row.account as unknown as Account,
    permissions: row.permissions as unknown as PermissionRow[],
    key: {
      last4: row.key_last4,
      fingerprint: row.key_fingerprint,
      kind: row.key_kind,
      addedAt: row.key_added_at.toISOString(),
      lastUsedAt: row.key_used_at?.toISOString() ?? null,
    },
    baseUrl: row.base_url,
    beside: row.beside,
    demo: row.demo,
    status: row.status,
    problem: row.problem,
    warnings: row.warnings as unknown as string[],
    checkedAt: row.checked_at.toISOString(),
    createdAt: row.created_at.toISOString(),
    agents,
  };
}
