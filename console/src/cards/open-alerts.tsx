import type { Alert } from '@purser/server/api';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { BellRing } from 'lucide-react';
import { type ApiProblem, api } from '../api.ts';
import { alertsQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { Button } from '../ui/button.tsx';
import { Markdown } from '../ui/markdown.tsx';
import { Name } from '../ui/name.tsx';
import { Card, Section } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Time } from '../ui/time.tsx';

/** What somebody has to know, newest first; nothing where there is nothing. */
export function OpenAlerts() {
  const query = useInfiniteQuery(alertsQuery());
  const alerts = query.data?.pages.flatMap((page) => page.data) ?? [];
  if (query.error) return <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />;
  if (alerts.length === 0) return null;
  return (
    <div className="mb-8">
      <Section title="Alerts">
        <ul className="space-y-3">
          {alerts.map((alert) => (
            <li key={alert.id}>
              <OneAlert alert={alert} />
            </li>
          ))}
        </ul>
        {query.hasNextPage ? (
          <div className="mt-3 text-center">
            <Button tone="quiet" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              Show older alerts
            </Button>
          </div>
        ) : null}
      </Section>
    </div>
  );
}

function OneAlert({ alert }: { alert: Alert }) {
  const { approve } = usePermissions();
  const cache = useQueryClient();
  const close = useMutation<Alert, ApiProblem>({
    mutationFn: () => api.closeAlert(alert.id),
    onSettled: () => cache.invalidateQueries({ queryKey: ['alerts'] }),
  });
  return (
    <Card className="px-4 py-3">
      <div className="flex items-start gap-3">
        <BellRing size={16} aria-hidden="true" className="mt-1 shrink-0 text-warn" />
        <div className="min-w-0 flex-1">
          <h3 className="font-medium [overflow-wrap:anywhere]">
            <Name>{alert.title}</Name>
          </h3>
          <Time at={alert.createdAt} className="text-sm text-muted" />
          <div className="mt-2 text-muted [overflow-wrap:anywhere]">
            <Markdown text={alert.body} />
          </div>
          {alert.objects.length > 0 ? (
            <p className="mt-2 text-sm text-muted [overflow-wrap:anywhere]">
              About {alert.objects.map(({ label, id }) => label ?? id).join(', ')}
            </p>
          ) : null}
          {alert.threadId ? (
            <Link
              to="/threads/$threadId"
              params={{ threadId: alert.threadId }}
              className="mt-2 inline-block rounded text-accent hover:underline"
            >
              Open the thread
            </Link>
          ) : null}
          {close.error ? <ProblemNotice error={close.error} /> : null}
        </div>
        <Button disabled={!approve} busy={close.isPending} onClick={() => close.mutate()}>
          Seen to
        </Button>
      </div>
    </Card>
  );
}
