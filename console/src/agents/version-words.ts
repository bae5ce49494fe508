import type { AgentVersion } from '@purser/server/api';

const parts = [
  ['name', 'name'],
  ['description', 'description'],
  ['instructions', 'instructions'],
  ['model', 'model'],
  ['limits', 'limits'],
] as const;

/** `Changed name and instructions` */
export function changesBetween(before: AgentVersion, after: AgentVersion): string {
  const changed = parts
    .filter(([key]) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
    .map(([, word]) => word);
  const last = changed.pop();
  if (last === undefined) return 'Nothing changed';
  return `Changed ${changed.length > 0 ? `${changed.join(', ')} and ${last}` : last}`;
}
