import type { Connection, PlaybookInfo } from '@purser/server/api';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Workflow } from 'lucide-react';
import { moneyText } from '../cards/money-text.ts';
import { connectionsQuery, playbookQuery, playbookRunsQuery } from '../queries.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { SelectField } from '../ui/field.tsx';
import { Name } from '../ui/name.tsx';
import { Card, Facts, Page, Section } from '../ui/page.tsx';
import { PagesList } from '../ui/pages-list.tsx';
import { ProblemScreen } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Tag } from '../ui/tag.tsx';
import { Time } from '../ui/time.tsx';
import { DryRunSection } from './dry-run.tsx';
import { Setup } from './setup.tsx';
import { everyInWords, inWords, runState } from './words.ts';

const back = { to: '/playbooks', label: 'Playbooks' };

/** One playbook on one account: its settings, what it would do, and what it did. */
export function PlaybookScreen() {
  const { name } = useParams({ from: '/signed-in/playbooks/$name' });
  const { connection: wanted } = useSearch({ from: '/signed-in/playbooks/$name' });
  const all = useQuery(connectionsQuery()).data?.filter(({ type }) => type === 'stripe');
  const connection = all?.find(({ id }) => id === wanted) ?? all?.[0];
  const query = useQuery(playbookQuery(name, connection?.id));
  if (query.error) return <ProblemScreen error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data && all && connection)
    return <PlaybookPage playbook={query.data} connection={connection} connections={all} />;
  return (
    <Page title="Playbook" heading={<span className="sr-only">Playbook</span>} width="reading" back={back}>
      {all?.length === 0 ? (
        <Card>
          <EmptyState icon={<Workflow size={20} />} title="No account yet">
            A playbook works on a connected Stripe account: connect one first.
          </EmptyState>
        </Card>
      ) : (
        <SkeletonRows label="Loading the playbook" />
      )}
    </Page>
  );
}

interface PlaybookPageProps {
  playbook: PlaybookInfo;
  connection: Connection;
  connections: Connection[];
}

function PlaybookPage({ playbook, connection, connections }: PlaybookPageProps) {
  const navigate = useNavigate();
  const { name, title, description, outcomes, events, looksEveryHours } = playbook;
  return (
    <Page title={title} lead={description} width="reading" back={back}>
      {connections.length > 1 ? (
        <div className="mb-6 max-w-80">
          <SelectField
            label="Account"
            value={connection.id}
            onChange={({ target }) =>
              void navigate({
                to: '/playbooks/$name',
                params: { name },
                search: { connection: target.value },
                replace: true,
              })
            }
          >
            {connections.map((each) => (
              <option key={each.id} value={each.id}>
                {each.name}
              </option>
            ))}
          </SelectField>
        </div>
      ) : null}
      <Setup key={connection.id} playbook={playbook} connection={connection} />
      <Section title="When it begins">
        <Beginnings events={events} looksEveryHours={looksEveryHours} />
      </Section>
      <DryRunSection key={`dry ${connection.id}`} playbook={playbook} connectionId={connection.id} />
      {outcomes.length > 0 ? (
        <Section title="What came of it">
          <Card>
            <Facts
              rows={outcomes.map(({ outcome, count, amounts }) => ({
                label: inWords(outcome),
                value: [
                  String(count),
                  ...amounts.map(({ decimal, currency }) => moneyText(decimal, currency)),
                ].join(' · '),
              }))}
            />
          </Card>
        </Section>
      ) : null}
      <Runs playbook={playbook} connectionId={connection.id} />
    </Page>
  );
}

function Beginnings({ events, looksEveryHours }: Pick<PlaybookInfo, 'events' | 'looksEveryHours'>) {
  return (
    <ul className="list-disc space-y-1.5 ps-5 text-muted marker:text-muted">
      {events.length > 0 ? (
        <li>
          When Stripe tells of one of these, or to go on with what has begun:
          <ul className="mt-1.5 flex flex-wrap gap-1.5">
            {events.map((event) => (
              <li key={event}>
                <code className="rounded border border-line bg-sunken px-1 py-0.5 font-mono text-xs">
                  {event}
                </code>
              </li>
            ))}
          </ul>
        </li>
      ) : null}
      {looksEveryHours ? <li>By looking for itself, {everyInWords(looksEveryHours)}.</li> : null}
      <li>By hand, by an agent or through the API.</li>
    </ul>
  );
}

function Runs({ playbook, connectionId }: { playbook: PlaybookInfo; connectionId: string }) {
  const query = useInfiniteQuery(playbookRunsQuery(playbook.name, connectionId));
  return (
    <Section title="Runs">
      <PagesList
        query={query}
        loading="Loading runs"
        more="Show older runs"
        keyOf={({ id }) => id}
        empty={
          <EmptyState icon={<Workflow size={20} />} title="No runs yet">
            Each thing it looks after is a run, with every step and its reason.
          </EmptyState>
        }
        row={(run) => {
          const { label, tone } = runState(run, playbook.successes);
          return (
            <>
              <span className="min-w-40 flex-1">
                <Link
                  to="/playbook-runs/$runId"
                  params={{ runId: run.id }}
                  dir="auto"
                  className="rounded font-medium [overflow-wrap:anywhere] after:absolute after:inset-0"
                >
                  <Name>{run.title}</Name>
                </Link>
                {run.problem ? <span className="block text-sm text-danger">{run.problem}</span> : null}
              </span>
              <span className="flex items-center gap-2 text-sm text-muted">
                {run.amount ? moneyText(run.amount.decimal, run.amount.currency) : null}
                <Tag tone={tone}>{label}</Tag>
                <Time at={run.startedAt} />
              </span>
            </>
          );
        }}
      />
    </Section>
  );
}
