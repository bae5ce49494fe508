import type { AgentConnection } from '@purser/server/api';
import { useQuery } from '@tanstack/react-query';
import { decisionWords, defaultDecision, effects } from '../cards/effect-words.ts';
import { connectionTypesQuery } from '../queries.ts';

/** What a policy comes to, in a few lines. */
export function PolicyDigest({ attached }: { attached: AgentConnection }) {
  const types = useQuery(connectionTypesQuery()).data;
  const presets = types?.find(({ type }) => type === attached.type)?.presets ?? [];
  const { policy, mode } = attached;
  const more = [
    counted(policy.rules?.length ?? 0, 'rule'),
    counted(
      Object.keys(policy.tools ?? {}).length,
      'tool with a word of its own',
      'tools with a word of their own',
    ),
    counted(policy.budgets?.length ?? 0, 'budget'),
    policy.approval?.secondAbove?.length ? 'two people for large amounts' : '',
    policy.approval?.notOwn ? 'nobody approves their own' : '',
  ].filter(Boolean);
  return (
    <div className="px-4 py-3">
      <p className="text-muted">
        {presets.find(({ name }) => name === attached.preset)?.label ?? attached.preset}
        {more.length > 0 ? ` · ${more.join(' · ')}` : ''}
      </p>
      <ul className="mt-1.5 grid gap-x-6 gap-y-0.5 sm:grid-cols-2">
        {effects.map(({ effect, label }) => (
          <li key={effect} className="flex justify-between gap-3">
            {label}
            <span className="text-muted">
              {decisionWords[policy.effects?.[effect] ?? defaultDecision(effect, mode)]}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function counted(count: number, one: string, many = `${one}s`): string {
  if (count === 0) return '';
  return count === 1 ? `1 ${one}` : `${count} ${many}`;
}
