import type { AgentTool, Decision, Policy } from '@purser/server/api';
import { useState } from 'react';
import { decisionWords, effects } from '../cards/effect-words.ts';
import { SelectField } from '../ui/field.tsx';
import { Card } from '../ui/page.tsx';
import { SearchField } from '../ui/search-field.tsx';
import { Tag, type TagTone } from '../ui/tag.tsx';

interface ToolDecisionsProps {
  tools: readonly AgentTool[];
  decisions: NonNullable<Policy['tools']>;
  disabled: boolean;
  onChange(decisions: NonNullable<Policy['tools']>): void;
}

const tones: Record<AgentTool['effect'], TagTone> = {
  read: 'plain',
  write: 'accent',
  money: 'warn',
  destructive: 'danger',
  outbound: 'warn',
};
const options: Decision[] = ['allow', 'ask', 'deny'];

/** Every tool with what it does and needs, and a word of its own for those that need one. */
export function ToolDecisions({ tools, decisions, disabled, onChange }: ToolDecisionsProps) {
  const [typed, setTyped] = useState('');
  const wanted = typed.trim().toLowerCase();
  const shown = tools.filter(({ name, title }) => `${name} ${title}`.toLowerCase().includes(wanted));
  const set = (name: string, value: string) => {
    const { [name]: _before, ...rest } = decisions;
    const decision = options.find((each) => each === value);
    onChange(decision ? { ...rest, [name]: decision } : rest);
  };
  return (
    <>
      <div className="mb-2 max-w-72">
        <SearchField label={`Search ${tools.length} tools`} value={typed} onChange={setTyped} />
      </div>
      <Card>
        <ul className="max-h-[28rem] divide-y divide-line overflow-y-auto">
          {shown.map((tool) => (
            <li key={tool.name} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
              <span className="min-w-44 flex-1">
                <span className="flex flex-wrap items-center gap-x-2">
                  {tool.title}
                  <Tag tone={tones[tool.effect]}>
                    {effects.find(({ effect }) => effect === tool.effect)?.label ?? tool.effect}
                  </Tag>
                </span>
                <span className="block text-sm text-muted">
                  {tool.carried ? 'Always at hand' : 'Found by a search'}
                  {tool.permissions.length > 0 ? ` · needs ${permissionWords(tool.permissions)}` : ''}
                </span>
              </span>
              <div className="w-36">
                <SelectField
                  label={tool.title}
                  hideLabel
                  value={decisions[tool.name] ?? ''}
                  disabled={disabled}
                  onChange={(event) => set(tool.name, event.target.value)}
                >
                  <option value="">As its kind</option>
                  {options.map((decision) => (
                    <option key={decision} value={decision}>
                      {decisionWords[decision]}
                    </option>
                  ))}
                </SelectField>
              </div>
            </li>
          ))}
          {shown.length === 0 ? (
            <li className="px-4 py-6 text-center text-muted">No tool is called that.</li>
          ) : null}
        </ul>
      </Card>
    </>
  );
}

function permissionWords(permissions: AgentTool['permissions']): string {
  return permissions.map(({ resource, access }) => `${resource.replaceAll('_', ' ')} (${access})`).join(', ');
}
