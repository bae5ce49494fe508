import type { Agent } from '@purser/server/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { Popover } from 'radix-ui';
import { type KeyboardEvent, type ReactNode, useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { accountsOf } from '../cards/accounts-of.ts';
import { agentsQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { Avatar } from '../ui/avatar.tsx';
import { cx } from '../ui/class-names.ts';
import { focusOnMount } from '../ui/focus.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import type { AgentPickerProps } from './agent-picker.tsx';

/** What `AgentPicker` opens; loaded when somebody is about to. */
export function AgentPopover({ agent, onPick, trigger }: AgentPickerProps & { trigger: ReactNode }) {
  const [open, setOpen] = useState(true);
  const pick = (agentId: string) => {
    onPick(agentId);
    setOpen(false);
  };
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger asChild>{trigger}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={4}
          collisionPadding={12}
          aria-label="Choose an agent"
          className="z-50 w-72 rounded-lg bg-raised p-1.5 shadow-float"
        >
          <Choices current={agent?.id} onPick={pick} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

interface Choice {
  id: string;
  agent: Agent | null;
}

function Choices({ current, onPick }: { current: string | undefined; onPick(agentId: string): void }) {
  const agents = useQuery(agentsQuery()).data ?? [];
  const { write } = usePermissions();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const cache = useQueryClient();
  const create = useMutation<Agent, ApiProblem, string>({
    mutationFn: (name) => api.createAgent({ name }),
    onSuccess: async (agent) => {
      await cache.invalidateQueries({ queryKey: ['agents'] });
      onPick(agent.id);
    },
  });
  const name = text.trim();
  const found = agents.filter((agent) => agent.name.toLowerCase().includes(name.toLowerCase()));
  const isNew =
    write && name !== '' && !agents.some((agent) => agent.name.toLowerCase() === name.toLowerCase());
  const choices: Choice[] = found.map((agent) => ({ id: agent.id, agent }));
  if (isNew) choices.push({ id: 'new', agent: null });
  const chosen = choices[Math.min(at, choices.length - 1)];
  const take = (choice: Choice | undefined) => {
    if (choice?.agent) onPick(choice.agent.id);
    else if (choice && !create.isPending) create.mutate(name);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step) setAt((at + step + choices.length) % Math.max(choices.length, 1));
    else if (event.key === 'Enter') take(chosen);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        ref={focusOnMount}
        role="combobox"
        aria-expanded="true"
        aria-controls="agent-choices"
        aria-activedescendant={chosen ? `agent-choice-${chosen.id}` : undefined}
        aria-label="Find an agent, or name a new one"
        placeholder="Find an agent, or name a new one"
        value={text}
        maxLength={80}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
        className="mb-1 h-9 w-full rounded-md border border-line bg-surface px-2.5 pointer-coarse:h-11 pointer-coarse:text-[16px]"
      />
      <div id="agent-choices" role="listbox" aria-label="Agents" className="max-h-64 overflow-y-auto">
        {choices.map((choice) => (
          <Option
            key={choice.id}
            choice={choice}
            name={name}
            active={choice === chosen}
            selected={choice.id === current}
            onTake={() => take(choice)}
          />
        ))}
      </div>
      {create.error ? <ProblemNotice error={create.error} /> : null}
    </>
  );
}

interface OptionProps {
  choice: Choice;
  name: string;
  active: boolean;
  selected: boolean;
  onTake(): void;
}

function Option({ choice, name, active, selected, onTake }: OptionProps) {
  return (
    <button
      type="button"
      id={`agent-choice-${choice.id}`}
      role="option"
      aria-selected={selected}
      tabIndex={-1}
      onClick={onTake}
      className={cx(
        'flex min-h-9 w-full items-center gap-2.5 rounded-md px-2 text-start hover:bg-hover pointer-coarse:min-h-11',
        active && 'bg-hover',
      )}
    >
      {choice.agent ? (
        <Avatar name={choice.agent.name} size="small" />
      ) : (
        <Plus size={16} aria-hidden="true" className="mx-0.5" />
      )}
      <span className="min-w-0 flex-1 truncate">{choice.agent?.name ?? `Create “${name}”`}</span>
      {choice.agent && accountsOf(choice.agent).some((each) => each.mode === 'live') ? (
        <span className="text-xs font-semibold text-live">Live</span>
      ) : null}
    </button>
  );
}
