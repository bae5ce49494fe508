import type { PlaybookInfo } from '@purser/server/api';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { AutomationTabs } from '../cards/automation-tabs.tsx';
import { moneyText } from '../cards/money-text.ts';
import { playbooksQuery } from '../queries.ts';
import { Card, Page } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Tag } from '../ui/tag.tsx';

/** Workflows that run by themselves: what each does, where it is on, and what came of it. */
export function PlaybooksScreen() {
  const query = useQuery(playbooksQuery());
  return (
    <Page
      title="Playbooks"
      lead="Workflows that run by themselves, over days and weeks. What they write is held to the same policy as an agent’s calls, and waits for approval where that says so."
    >
      <AutomationTabs />
      {query.isPending ? <SkeletonRows label="Loading playbooks" /> : null}
      {query.error ? <ProblemNotice error={query.error} onRetry={() => void query.refetch()} /> : null}
      <ul className="grid gap-4 lg:grid-cols-2">
        {query.data?.data.map((playbook) => (
          <li key={playbook.name}>
            <Entry playbook={playbook} />
          </li>
        ))}
      </ul>
    </Page>
  );
}

function Entry({ playbook }: { playbook: PlaybookInfo }) {
  const { name, title, description, setups, outcomes, successes } = playbook;
  const on = setups.filter(({ enabled }) => enabled).length;
  const worth = outcomes
    .filter(({ outcome }) => successes.includes(outcome))
    .flatMap(({ amounts }) => amounts);
  const ended = outcomes.reduce((sum, { count }) => sum + count, 0);
  return (
    <Card className="relative h-full px-4 py-4 hover:bg-hover/60">
      <div className="flex items-start justify-between gap-3">
        <h2 className="font-semibold">
          <Link to="/playbooks/$name" params={{ name }} className="rounded after:absolute after:inset-0">
            {title}
          </Link>
        </h2>
        <Tag tone={on > 0 ? 'good' : 'plain'}>
          {on === 0 ? 'Off' : on === 1 ? 'On' : `On for ${on} accounts`}
        </Tag>
      </div>
      <p className="mt-1.5 text-muted">{description}</p>
      {ended > 0 ? (
        <p className="mt-3 text-sm text-muted">
          {ended} {ended === 1 ? 'run' : 'runs'} ended
          {worth.length > 0
            ? `; ${worth.map(({ decimal, currency }) => moneyText(decimal, currency)).join(', ')} by it`
            : ''}
        </p>
      ) : null}
    </Card>
  );
}
