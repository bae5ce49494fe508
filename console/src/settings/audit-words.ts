import type { AuditEntry } from '@purser/server/api';
import { capitalised } from '../ui/capitalised.ts';

/** Kinds of entries people look for, by how their actions begin. */
export const auditKinds: readonly { value: string; label: string }[] = [
  { value: '', label: 'Everything' },
  { value: 'operation.', label: 'Operations' },
  { value: 'approval.', label: 'Approvals' },
  { value: 'connection.', label: 'Connections and keys' },
  { value: 'agent.', label: 'Agents' },
  { value: 'task.', label: 'Tasks' },
  { value: 'person.', label: 'People' },
  { value: 'token.', label: 'API tokens' },
  { value: 'security.', label: 'Sign-in rules' },
  { value: 'halt.', label: 'Kill switch' },
  { value: 'backup.', label: 'Backups' },
  { value: 'erasure.', label: 'Erasures' },
  { value: 'privacy.', label: 'Copies of data' },
  { value: 'retention.', label: 'Retention' },
];

/** `approval.approved` → `Approval approved`. */
export function actionWords(action: string): string {
  const words = action.replaceAll(/[._]/g, ' ');
  return capitalised(words);
}

/** A text inside an entry's details, nested ones too; null where there is none. */
export function detail({ details }: Pick<AuditEntry, 'details'>, ...path: string[]): string | null {
  let found: unknown = details;
  for (const key of path)
    found =
      typeof found === 'object' && found !== null
        ? Object.entries(found).find(([name]) => name === key)?.[1]
        : null;
  return typeof found === 'string' && found !== '' ? found : null;
}

/** Where and by whom, in one line: tool, account, address. */
export function aboutWords(entry: Pick<AuditEntry, 'details'>): string {
  const parts = [
    detail(entry, 'operation', 'tool')?.replaceAll('_', ' ') ?? null,
    detail(entry, 'operation', 'account') ?? detail(entry, 'account'),
    detail(entry, 'from', 'address'),
  ];
  return parts.filter((part) => part !== null).join(' · ');
}
