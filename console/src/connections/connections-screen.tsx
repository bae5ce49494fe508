import type { Connection } from '@purser/server/api';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Check, CircleAlert, Plus, SearchX } from 'lucide-react';
import { useState } from 'react';
import { AccountTag } from '../cards/mode-tag.tsx';
import { connectionsQuery, connectionTypesQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Card, Page, Section } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SearchField } from '../ui/search-field.tsx';
import { SkeletonCards, SkeletonRows } from '../ui/skeleton.tsx';
import { Tag } from '../ui/tag.tsx';
import { Time } from '../ui/time.tsx';
import { ConnectionIcon } from './connection-icon.tsx';

/** What agents can reach, and what else could be connected. */
export function ConnectionsScreen() {
  const query = useQuery(connectionsQuery());
  const [text, setText] = useState('');
  const wanted = text.trim().toLowerCase();
  const shown = query.data?.filter((each) =>
    `${each.name} ${each.account.name} ${each.type}`.toLowerCase().includes(wanted),
  );
  return (
    <Page title="Connections" lead="Keys are encrypted at rest and never shown again.">
      <div className="mb-6 max-w-sm">
        <SearchField label="Search connections" value={text} onChange={setText} />
      </div>
      <Section title="Connected">
        {query.isPending ? <SkeletonRows label="Loading connections" count={2} /> : null}
        {query.error ? <ProblemNotice error={query.error} onRetry={() => void query.refetch()} /> : null}
        {shown?.length === 0 ? (
          <p className="text-muted">
            {wanted ? `Nothing connected is called “${text.trim()}”.` : 'Nothing is connected yet.'}
          </p>
        ) : null}
        {shown && shown.length > 0 ? (
          <Card>
            <ul className="divide-y divide-line">
              {shown.map((connection) => (
                <ConnectionRow key={connection.id} connection={connection} />
              ))}
            </ul>
          </Card>
        ) : null}
      </Section>
      <Types wanted={wanted} />
    </Page>
  );
}

function ConnectionRow({ connection }: { connection: Connection }) {
  return (
    <li>
      <Link
        to="/connections/$connectionId"
        params={{ connectionId: connection.id }}
        className="flex items-center gap-3.5 px-4 py-3 -outline-offset-2 hover:bg-hover/60"
      >
        <ConnectionIcon type={connection.type} />
        <span className="min-w-0 flex-1">
          <span dir="auto" className="block truncate font-medium">
            {connection.name}
          </span>
          <AccountTag
            mode={connection.mode}
            account={connection.account}
            demo={connection.demo}
            beside={connection.beside}
          />
        </span>
        {connection.status === 'failing' ? (
          <Tag tone="danger" icon={<CircleAlert size={12} aria-hidden="true" />}>
            Needs attention
          </Tag>
        ) : null}
        <span className="text-sm whitespace-nowrap text-muted max-sm:hidden">
          Checked <Time at={connection.checkedAt} />
        </span>
      </Link>
    </li>
  );
}

function Types({ wanted }: { wanted: string }) {
  const query = useQuery(connectionTypesQuery());
  const { own } = usePermissions();
  const types = query.data?.filter((each) =>
    `${each.name} ${each.description} ${each.does.join(' ')}`.toLowerCase().includes(wanted),
  );
  return (
    <Section title="Connect">
      {query.isPending ? <SkeletonCards label="Loading what can be connected" count={1} /> : null}
      {query.error ? <ProblemNotice error={query.error} onRetry={() => void query.refetch()} /> : null}
      {types?.length === 0 ? (
        <EmptyState icon={<SearchX size={20} />} title="Nothing by that name">
          Purser cannot connect to this yet.
        </EmptyState>
      ) : null}
      <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
        {types?.map((type) => (
          <li key={type.type}>
            <Link
              to="/connections/new/$type"
              params={{ type: type.type }}
              className="flex h-full gap-3.5 rounded-lg border border-line bg-surface p-4 shadow-card hover:border-line-strong"
            >
              <ConnectionIcon type={type.type} />
              <span className="min-w-0 flex-1">
                <span className="block font-semibold">{type.name}</span>
                <span className="block text-muted">{type.description}</span>
                <ul className="mt-2.5 space-y-1 border-t border-line pt-2.5 text-sm">
                  {type.does.map((each) => (
                    <li key={each} className="flex gap-2">
                      <Check size={14} aria-hidden="true" className="mt-0.5 shrink-0 text-good" />
                      <span>{each}</span>
                    </li>
                  ))}
                </ul>
              </span>
              <Plus size={16} aria-hidden="true" className="shrink-0 text-muted" />
            </Link>
          </li>
        ))}
      </ul>
      {own ? null : <p className="mt-3 text-muted">Only an owner can connect something.</p>}
    </Section>
  );
}
