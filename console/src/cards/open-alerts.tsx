import type { Alert, MuteSpan } from '@purser/server/api';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { BellOff, BellRing, SlidersHorizontal } from 'lucide-react';
import { type ApiProblem, api } from '../api.ts';
import { alertsQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { Button } from '../ui/button.tsx';
import { Markdown } from '../ui/markdown.tsx';
import { Menu, MenuItem } from '../ui/menu.tsx';
import { Name } from '../ui/name.tsx';
import { Card, Section } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Time } from '../ui/time.tsx';
import { toast } from '../ui/toast.tsx';
import { useLinkOf } from './use-link-of.ts';

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
  const { approve, write } = usePermissions();
  const cache = useQueryClient();
  const close = useMutation<Alert, ApiProblem>({
    mutationFn: () => api.closeAlert(alert.id),
    onSettled: () => cache.invalidateQueries({ queryKey: ['alerts'] }),
  });
  return (
    <Card className="px-4 py-3">
      <div className="flex flex-wrap items-start gap-3 sm:flex-nowrap">
        <BellRing size={16} aria-hidden="true" className="mt-1 shrink-0 text-warn" />
        <div className="min-w-0 flex-1">
          <h3 className="font-medium [overflow-wrap:anywhere]">
            <Name>{alert.title}</Name>
          </h3>
          <Time at={alert.createdAt} className="text-sm text-muted" />
          <div className="mt-2 text-muted [overflow-wrap:anywhere]">
            <Markdown text={alert.body} />
          </div>
          <AlertObjects alert={alert} />
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
        <div className="flex shrink-0 items-center gap-1 max-sm:basis-full max-sm:ps-7">
          {alert.canBeMuted && write ? <MuteMenu alert={alert} /> : null}
          <Button disabled={!approve} busy={close.isPending} onClick={() => close.mutate()}>
            Seen to
          </Button>
        </div>
      </div>
    </Card>
  );
}

/** What it is about, each with its page at Stripe where it has one. */
function AlertObjects({ alert }: { alert: Alert }) {
  const linkOf = useLinkOf(alert.connectionId ?? undefined);
  if (alert.objects.length === 0) return null;
  return (
    <ul className="mt-2 flex flex-wrap gap-x-3 text-sm text-muted [overflow-wrap:anywhere]">
      {alert.objects.map(({ type, id, label }) => {
        const href = linkOf(type, id);
        return (
          <li key={id}>
            {href ? (
              <a href={href} target="_blank" rel="noreferrer" className="rounded text-accent hover:underline">
                {label ?? id}
              </a>
            ) : (
              <Name>{label ?? id}</Name>
            )}
          </li>
        );
      })}
    </ul>
  );
}

const spans: readonly { span: MuteSpan; label: string; told: string }[] = [
  { span: 'day', label: 'For a day', told: 'for a day' },
  { span: 'week', label: 'For a week', told: 'for a week' },
  { span: 'always', label: 'Until I change it', told: 'until it is changed' },
];

/** Tells no more of its kind, or leads to where what is told is tuned. */
function MuteMenu({ alert }: { alert: Alert }) {
  const cache = useQueryClient();
  const navigate = useNavigate();
  const mute = useMutation<Alert, ApiProblem, (typeof spans)[number]>({
    mutationFn: ({ span }) => api.muteAlert(alert.id, span),
    onSuccess: (_, { told }) => toast(`Alerts of this kind are muted ${told}: see Playbooks, Alerts`),
    onError: (problem) => toast(problem.message),
    onSettled: () => cache.invalidateQueries({ queryKey: ['alerts'] }),
  });
  return (
    <Menu
      trigger={
        <Button tone="quiet" busy={mute.isPending} aria-label={`Mute alerts such as ${alert.title}`}>
          <BellOff size={14} aria-hidden="true" /> Mute
        </Button>
      }
    >
      {spans.map((each) => (
        <MenuItem key={each.span} onSelect={() => mute.mutate(each)}>
          {each.label}
        </MenuItem>
      ))}
      <MenuItem
        onSelect={() =>
          void navigate({
            ...{ to: '/playbooks/$name', params: { name: 'alerts' } },
            search: { connection: alert.connectionId ?? undefined },
          })
        }
        icon={<SlidersHorizontal size={14} aria-hidden="true" />}
      >
        Tune what is told
      </MenuItem>
    </Menu>
  );
}
