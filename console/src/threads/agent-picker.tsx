import type { Agent } from '@purser/server/api';
import { ChevronDown } from 'lucide-react';
import { type ButtonHTMLAttributes, lazy, type Ref, Suspense, useState } from 'react';
import { Avatar } from '../ui/avatar.tsx';
import { buttonClass } from '../ui/button.tsx';
import { cx } from '../ui/class-names.ts';

export interface AgentPickerProps {
  agent: Agent | undefined;
  onPick(agentId: string): void;
}

const load = () => import('./agent-popover.tsx').then((module) => ({ default: module.AgentPopover }));
const AgentPopover = lazy(load);

/** Chooses an agent by typing its name; a name nobody has yet makes a new one. */
export function AgentPicker({ agent, onPick }: AgentPickerProps) {
  const [wanted, setWanted] = useState(false);
  if (wanted)
    return (
      <Suspense fallback={<Trigger agent={agent} aria-busy="true" />}>
        <AgentPopover agent={agent} onPick={onPick} trigger={<Trigger agent={agent} />} />
      </Suspense>
    );
  return (
    <Trigger
      agent={agent}
      aria-haspopup="dialog"
      aria-expanded={false}
      onClick={() => setWanted(true)}
      onPointerEnter={() => void load()}
      onFocus={() => void load()}
    />
  );
}

interface TriggerProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  agent: Agent | undefined;
  ref?: Ref<HTMLButtonElement>;
}

function Trigger({ agent, ...rest }: TriggerProps) {
  return (
    <button type="button" className={cx(buttonClass('secondary'), 'max-w-full')} {...rest}>
      {agent ? <Avatar name={agent.name} size="small" /> : null}
      <span className="truncate">
        <span className="sr-only">Agent: </span>
        {agent?.name ?? 'Choose an agent'}
      </span>
      <ChevronDown size={14} aria-hidden="true" className="text-muted" />
    </button>
  );
}
