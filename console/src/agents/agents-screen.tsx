import type { Agent } from '@purser/server/api';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Plus, Users } from 'lucide-react';
import { ModeTag } from '../cards/mode-tag.tsx';
import { agentsQuery, connectionsQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Card, Page } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SkeletonCards } from '../ui/skeleton.tsx';
import { Tag } from '../ui/tag.tsx';
import { NewAgentDialog } from './new-agent-dialog.tsx';

/** Who works here. */
export function AgentsScreen() {
  const query = useQuery(agentsQuery());
  const { write } = usePermissions();
  const navigate = useNavigate();
  const asked = useSearch({ from: '/signed-in/agents' }).new === true;
  const setAsked = (open: boolean) =>
    void navigate({ to: '/agents', search: open ? { new: true } : {}, replace: true });
  const create = (
    <Button tone="primary" onClick={() => setAsked(true)} disabled={!write}>
      <Plus size={15} aria-hidden="true" />
      New agent
    </Button>
  );
  return (
    <Page title="Agents" lead="Each has its own instructions, model and accounts." actions={create}>
      {query.isPending ? <SkeletonCards label="Loading agents" /> : null}
      {query.error ? <ProblemNotice error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.data?.length === 0 ? (
        <Card>
          <EmptyState icon={<Users size={20} />} title="No agents yet" action={create}>
            An agent works for you in a Stripe account: it looks, proposes and, with your word, acts.
          </EmptyState>
        </Card>
      ) : null}
      <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
        {query.data?.map((agent) => (
          <AgentTile key={agent.id} agent={agent} />
        ))}
      </ul>
      <NewAgentDialog open={asked && write} onOpenChange={setAsked} />
    </Page>
  );
}

function AgentTile({ agent }: { agent: Agent }) {
  const connections = useQuery(connectionsQuery()).data;
  const demo = agent.connections.some(
    (each) => connections?.find((one) => one.id === each.connectionId)?.demo,
  );
  return (
    <li>
      <Link
        to="/agents/$agentId/{-$tab}"
        params={{ agentId: agent.id }}
        className="flex h-full flex-col rounded-lg border border-line bg-surface p-4 shadow-card hover:border-line-strong"
      >
        <span className="flex items-center gap-3">
          <Avatar name={agent.name} size="large" />
          <span dir="auto" className="min-w-0 flex-1 truncate font-semibold">
            {agent.name}
          </span>
          {demo ? <Tag tone="accent">Demo</Tag> : null}
        </span>
        <span dir="auto" className="mt-3 line-clamp-2 min-h-10 text-muted">
          {agent.description || 'No description yet.'}
        </span>
        <span className="mt-3 flex flex-wrap items-center gap-x-2 gap-y-1 border-t border-line pt-3 text-sm text-muted">
          {agent.connections.length === 0 ? <span>No connection</span> : null}
          {agent.connections.map((each) => (
            <span key={each.connectionId} className="inline-flex min-w-0 max-w-full items-center gap-1.5">
              <ModeTag mode={each.mode} />
              <span className="truncate">{each.account.name || each.name}</span>
            </span>
          ))}
          <span className="ms-auto whitespace-nowrap">
            {agent.threadCount === 1 ? '1 thread' : `${agent.threadCount} threads`}
          </span>
        </span>
      </Link>
    </li>
  );
}
