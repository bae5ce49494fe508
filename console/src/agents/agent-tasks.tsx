import type { Agent } from '@purser/server/api';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ListChecks } from 'lucide-react';
import { tasksQuery } from '../queries.ts';
import { buttonClass } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Name } from '../ui/name.tsx';
import { Card } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Tag } from '../ui/tag.tsx';
import { Time } from '../ui/time.tsx';

/** What this agent does by itself. */
export function AgentTasks({ agent }: { agent: Agent }) {
  const query = useInfiniteQuery(tasksQuery(agent.id));
  if (query.error) return <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <SkeletonRows label="Loading tasks" count={3} />;
  const tasks = query.data.pages.flatMap((page) => page.data);
  const create = (
    <Link to="/automations/new" search={{ agent: agent.id }} className={buttonClass('primary')}>
      New task
    </Link>
  );
  if (tasks.length === 0)
    return (
      <Card>
        <EmptyState icon={<ListChecks size={20} />} title="No tasks yet" action={create}>
          {agent.name} can work on a schedule or when something happens in Stripe: “every Monday, list the
          invoices that are overdue”.
        </EmptyState>
      </Card>
    );
  return (
    <>
      <Card>
        <ul className="divide-y divide-line">
          {tasks.map((task) => (
            <li key={task.id}>
              <Link
                to="/automations/$taskId"
                params={{ taskId: task.id }}
                className="flex min-h-11 flex-wrap items-center gap-x-3 px-4 py-2.5 -outline-offset-2 hover:bg-hover/60"
              >
                <span dir="auto" className="min-w-40 flex-1">
                  <Name>{task.name}</Name>
                  <span className="block text-sm text-muted">{task.when}</span>
                </span>
                {task.enabled ? null : <Tag>Paused</Tag>}
                {task.nextRunAt ? (
                  <span className="text-sm text-muted">
                    Next <Time at={task.nextRunAt} />
                  </span>
                ) : null}
              </Link>
            </li>
          ))}
        </ul>
      </Card>
      <div className="mt-4">{create}</div>
    </>
  );
}
