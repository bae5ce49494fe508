import type { Agent, AgentConnection } from '@purser/server/api';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Cable } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { accountsOf } from '../cards/accounts-of.ts';
import { AccountTag } from '../cards/mode-tag.tsx';
import { connectionsQuery } from '../queries.ts';
import { buttonClass } from '../ui/button.tsx';

const AccountMenu = lazy(() =>
  import('./account-menu.tsx').then((module) => ({ default: module.AccountMenu })),
);

interface AccountPickerProps {
  agent: Agent;
  current: AgentConnection | undefined;
  onPick(connectionId: string): void;
}

/** Which account the thread will be about. It is fixed with the first message: two accounts never share a thread. */
export function AccountPicker({ agent, current, onPick }: AccountPickerProps) {
  const connections = useQuery(connectionsQuery()).data;
  const isDemo = (id: string) => connections?.find((each) => each.id === id)?.demo ?? false;
  const accounts = accountsOf(agent);
  if (accounts.length === 0) {
    return (
      <Link
        to="/agents/$agentId/{-$tab}"
        params={{ agentId: agent.id, tab: 'connections' }}
        className={buttonClass('quiet')}
      >
        <Cable size={14} aria-hidden="true" />
        No account yet: connect one
      </Link>
    );
  }
  const tag = current ? (
    <AccountTag mode={current.mode} account={current.account} demo={isDemo(current.connectionId)} />
  ) : (
    'Choose an account'
  );
  if (current && accounts.length === 1)
    return <span className="inline-flex min-w-0 max-w-full px-1">{tag}</span>;
  return (
    <Suspense fallback={<span className={buttonClass('quiet')}>{tag}</span>}>
      <AccountMenu accounts={accounts} current={current} tag={tag} isDemo={isDemo} onPick={onPick} />
    </Suspense>
  );
}
