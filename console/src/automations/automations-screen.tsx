import type { Task } from '@purser/server/api';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { CalendarClock, Plus } from 'lucide-react';
import { AutomationTabs } from '../cards/automation-tabs.tsx';
import { tasksQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { buttonClass } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Name } from '../ui/name.tsx';
import { Page } from '../ui/page.tsx';
import { PagesList } from '../ui/pages-list.tsx';
import { Tag } from '../ui/tag.tsx';
import { Time } from '../ui/time.tsx';
import { RunTag } from './run-state.tsx';

/** What agents do while nobody is looking. */
export function AutomationsScreen() {
  const { agent } = useSearch({ from: '/signed-in/automations' });
  const query = useInfiniteQuery(tasksQuery(agent));
  const { write } = usePermissions();
  const create = write ? (
    <Link to="/automations/new" search={{ agent }} className={buttonClass('primary')}>
      <Plus size={15} aria-hidden="true" />
      New task
    </Link>
  ) : null;
  return (
    <Page
      title="Automations"
      lead="Tasks that agents do on a schedule, when something happens in Stripe, or by hand. What needs approval waits in the inbox."
      actions={create}
    >
      <AutomationTabs />
      <PagesList
        query={query}
        loading="Loading tasks"
        more="Show more tasks"
        keyOf={({ id }) => id}
        empty={
          <EmptyState icon={<CalendarClock size={20} />} title="No tasks yet" action={create}>
            “Every Monday at 9, list the invoices that are overdue.” “When a payment above $500 fails, tell me
            who it is.”
          </EmptyState>
        }
        row={(task) => <Row task={task} />}
      />
    </Page>
  );
}

function Row({ task }: { task: Task }) {
  return (
    <>
      <span className="min-w-48 flex-1">
        <Link
          to="/automations/$taskId"
          params={{ taskId: task.id }}
          dir="auto"
          className="rounded font-medium [overflow-wrap:anywhere] after:absolute after:inset-0"
        >
          <Name>{task.name}</Name>
        </Link>
        <span className="block text-muted">
          <Name>{task.agentName}</Name> · {task.when}
        </span>
      </span>
      <span className="flex items-center gap-2 text-sm text-muted">
        {task.enabled ? (
          task.nextRunAt ? (
            <span>
              Next <Time at={task.nextRunAt} />
            </span>
          ) : null
        ) : (
          <Tag>Paused</Tag>
        )}
        {task.lastRun ? (
          <>
            <RunTag status={task.lastRun.status} />
            <Time at={task.lastRun.startedAt} />
          </>
        ) : (
          'Never ran'
        )}
      </span>
    </>
  );
}
