import type { Agent, AgentConnection } from '@purser/server/api';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { ApiProblem } from '../api.ts';
import { agentQuery, agentToolsQuery, connectionTypesQuery } from '../queries.ts';
import { Page } from '../ui/page.tsx';
import { ProblemScreen } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { PolicyEditor } from './policy-editor.tsx';

const gone = new ApiProblem({
  status: 404,
  detail: 'This connection is not attached to the agent (any more).',
});

/** What one agent may do on one connection. */
export function PolicyScreen() {
  const { agentId, connectionId } = useParams({ from: '/signed-in/agents/$agentId/policy/$connectionId' });
  const agent = useQuery(agentQuery(agentId));
  const tools = useQuery(agentToolsQuery(agentId, connectionId));
  const types = useQuery(connectionTypesQuery());
  const attached = agent.data?.connections.find((each) => each.connectionId === connectionId);
  const error = agent.error ?? (agent.data && !attached ? gone : null) ?? tools.error ?? types.error;
  if (error) {
    const retry = () => void Promise.all([agent.refetch(), tools.refetch(), types.refetch()]);
    return <ProblemScreen error={error} onRetry={retry} />;
  }
  if (!agent.data || !attached || !tools.data || !types.data) return <Loading agentId={agentId} />;
  const presets = types.data.find(({ type }) => type === attached.type)?.presets ?? [];
  return (
    <PolicyEditor
      key={keyOf(agent.data, attached)}
      {...{ agent: agent.data, attached, presets }}
      tools={tools.data}
    />
  );
}

/** Another agent or connection begins anew; the same one keeps what is being edited. */
const keyOf = (agent: Agent, attached: AgentConnection) => `${agent.id} ${attached.connectionId}`;

function Loading({ agentId }: { agentId: string }) {
  return (
    <Page
      title="Policy"
      heading={<span className="sr-only">Policy</span>}
      back={{ to: `/agents/${agentId}/connections`, label: 'Connections of the agent' }}
    >
      <SkeletonRows label="Loading the policy" />
    </Page>
  );
}
