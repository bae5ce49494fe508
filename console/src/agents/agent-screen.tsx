import type { Agent } from '@purser/server/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { Copy, Ellipsis, FileDown, OctagonX, SquarePen, Trash2 } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { HaltDialog } from '../cards/halt-dialog.tsx';
import { agentQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { Avatar } from '../ui/avatar.tsx';
import { buttonClass, IconButton } from '../ui/button.tsx';
import { ConsequenceDialog } from '../ui/consequence-dialog.tsx';
import { Menu, MenuItem } from '../ui/menu.tsx';
import { Page } from '../ui/page.tsx';
import { ProblemScreen } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { TabLinks } from '../ui/tab-links.tsx';
import { toast } from '../ui/toast.tsx';
import { AgentConnections } from './agent-connections.tsx';
import { AgentOverview } from './agent-overview.tsx';
import { AgentTasks } from './agent-tasks.tsx';
import { AgentThreads } from './agent-threads.tsx';

const AgentInstructions = lazy(() =>
  import('./agent-instructions.tsx').then((module) => ({ default: module.AgentInstructions })),
);
const AgentUsage = lazy(() => import('./agent-usage.tsx').then((module) => ({ default: module.AgentUsage })));
const AgentVersions = lazy(() =>
  import('./agent-versions.tsx').then((module) => ({ default: module.AgentVersions })),
);
const AgentKnowledge = lazy(() =>
  import('./agent-knowledge.tsx').then((module) => ({ default: module.AgentKnowledge })),
);

export function AgentScreen() {
  const { agentId, tab } = useParams({ from: '/signed-in/agents/$agentId/{-$tab}' });
  const query = useQuery(agentQuery(agentId));
  if (query.data) return <Profile agent={query.data} tab={tab} />;
  if (query.error) return <ProblemScreen error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <Page
      title="Agent"
      heading={<span className="sr-only">Agent</span>}
      back={{ to: '/agents', label: 'Agents' }}
    >
      <SkeletonRows label="Loading the agent" />
    </Page>
  );
}

function Profile({ agent, tab }: { agent: Agent; tab: string | undefined }) {
  const base = `/agents/${agent.id}`;
  const heading = (
    <span className="flex items-center gap-3">
      <Avatar name={agent.name} size="large" />
      <span dir="auto" className="min-w-0">
        {agent.name}
      </span>
    </span>
  );
  return (
    <Page
      title={agent.name}
      heading={heading}
      back={{ to: '/agents', label: 'Agents' }}
      actions={<Actions agent={agent} />}
    >
      <TabLinks
        label="Agent"
        tabs={[
          { to: base, label: 'Overview' },
          { to: `${base}/instructions`, label: 'Instructions' },
          { to: `${base}/connections`, label: 'Connections', count: agent.connections.length },
          { to: `${base}/tasks`, label: 'Tasks' },
          { to: `${base}/knowledge`, label: 'Knowledge' },
          { to: `${base}/threads`, label: 'Threads', count: agent.threadCount },
          { to: `${base}/usage`, label: 'Usage' },
          { to: `${base}/versions`, label: 'Versions' },
        ]}
      />
      <Suspense fallback={<SkeletonRows label="Loading" count={3} />}>
        <Tab agent={agent} tab={tab} />
      </Suspense>
    </Page>
  );
}

function Tab({ agent, tab }: { agent: Agent; tab: string | undefined }) {
  if (tab === 'instructions') return <AgentInstructions key={agent.id} agent={agent} />;
  if (tab === 'connections') return <AgentConnections agent={agent} />;
  if (tab === 'threads') return <AgentThreads agent={agent} />;
  if (tab === 'tasks') return <AgentTasks agent={agent} />;
  if (tab === 'usage') return <AgentUsage agent={agent} />;
  if (tab === 'versions') return <AgentVersions agent={agent} />;
  if (tab === 'knowledge') return <AgentKnowledge agent={agent} />;
  return <AgentOverview key={agent.id} agent={agent} />;
}

function Actions({ agent }: { agent: Agent }) {
  const { write, approve, own } = usePermissions();
  const duplicate = useDuplicate(agent);
  const [deleting, setDeleting] = useState(false);
  const [halting, setHalting] = useState(false);
  return (
    <>
      <Link to="/threads/new" search={{ agent: agent.id }} className={buttonClass('primary')}>
        <SquarePen size={15} aria-hidden="true" />
        New thread
      </Link>
      <Menu
        trigger={
          <IconButton label="Agent actions">
            <Ellipsis size={16} aria-hidden="true" />
          </IconButton>
        }
      >
        <MenuItem icon={<Copy size={14} />} disabled={!own} onSelect={() => duplicate.mutate()}>
          Duplicate
        </MenuItem>
        <MenuItem
          icon={<FileDown size={14} />}
          onSelect={() => window.location.assign(`/api/agents/${agent.id}/export`)}
        >
          Export as a file
        </MenuItem>
        <MenuItem icon={<OctagonX size={14} />} disabled={!approve} onSelect={() => setHalting(true)}>
          Halt agent…
        </MenuItem>
        <MenuItem icon={<Trash2 size={14} />} danger disabled={!write} onSelect={() => setDeleting(true)}>
          Delete agent
        </MenuItem>
      </Menu>
      <HaltDialog target={`agent:${agent.id}`} open={halting} onOpenChange={setHalting} />
      <DeleteAgent agent={agent} open={deleting} onOpenChange={setDeleting} />
    </>
  );
}

/** Another one like it, which is then shown. */
function useDuplicate(agent: Agent) {
  const navigate = useNavigate();
  const cache = useQueryClient();
  return useMutation<Agent, ApiProblem>({
    mutationFn: () => api.duplicateAgent(agent.id),
    onSuccess: async (copy) => {
      void cache.invalidateQueries({ queryKey: ['agents', 'list'] });
      await navigate({ to: '/agents/$agentId/{-$tab}', params: { agentId: copy.id } });
      toast(`${copy.name} was created`);
    },
    onError: (problem) => toast(problem.message),
  });
}

interface DeleteAgentProps {
  agent: Agent;
  open: boolean;
  onOpenChange(open: boolean): void;
}

function DeleteAgent({ agent, open, onOpenChange }: DeleteAgentProps) {
  const navigate = useNavigate();
  const cache = useQueryClient();
  const remove = useMutation<unknown, ApiProblem>({
    mutationFn: () => api.deleteAgent(agent.id),
    onSuccess: async () => {
      await navigate({ to: '/agents', search: {} });
      await cache.invalidateQueries({ queryKey: ['agents', 'list'] });
      toast(`${agent.name} was deleted`);
    },
  });
  return (
    <ConsequenceDialog
      open={open}
      onOpenChange={onOpenChange}
      title={`Delete ${agent.name}`}
      action="Delete agent"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
    >
      {agent.threadCount === 0
        ? 'It has no threads. Its connections stay in place for other agents.'
        : 'Its threads stay readable but cannot be continued. Its connections stay in place for other agents.'}
    </ConsequenceDialog>
  );
}
