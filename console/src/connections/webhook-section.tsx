import type { Connection, Webhook } from '@purser/server/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { aboutQuery, webhookQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { Button } from '../ui/button.tsx';
import { CopyId } from '../ui/copy-button.tsx';
import { Card, Facts } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Bone, Skeleton } from '../ui/skeleton.tsx';
import { Tag, type TagTone } from '../ui/tag.tsx';
import { Time } from '../ui/time.tsx';
import { toast } from '../ui/toast.tsx';
import { SecretsDialog } from './secrets-dialog.tsx';

const states: Record<Webhook['status'], { label: string; tone: TagTone; means: string }> = {
  enabled: { label: 'Events arrive', tone: 'good', means: 'Stripe sends events and Purser takes them.' },
  silent: {
    label: 'Nothing came yet',
    tone: 'warn',
    means:
      'The endpoint is set up and no event has come in. If something happened in the account since, check that the address below can be reached from the internet.',
  },
  refusing: {
    label: 'Deliveries are refused',
    tone: 'danger',
    means:
      'The last delivery could not be taken. Stripe tries again for three days; nothing is lost until then.',
  },
  disabled: {
    label: 'Turned off at Stripe',
    tone: 'danger',
    means: 'Stripe sends nothing to this endpoint. Set it up again here, or enable it in the dashboard.',
  },
};

/** How Stripe's events come in, whether they do, and what to do where they do not. */
export function WebhookSection({ connection }: { connection: Connection }) {
  const webhook = useQuery(webhookQuery(connection.id));
  const about = useQuery(aboutQuery());
  if (webhook.error) return <ProblemNotice error={webhook.error} onRetry={() => void webhook.refetch()} />;
  if (webhook.data === undefined || !about.data)
    return (
      <Skeleton label="Loading how events come in">
        <Bone className="h-24 w-full rounded-lg" />
      </Skeleton>
    );
  const { publicUrl } = about.data;
  return (
    <div className="space-y-3">
      {webhook.data ? <Endpoint webhook={webhook.data} /> : <NoEndpoint publicUrl={publicUrl} />}
      <Actions connection={connection} webhook={webhook.data} publicUrl={publicUrl} />
    </div>
  );
}

function NoEndpoint({ publicUrl }: { publicUrl: string | null }) {
  return (
    <p className="text-muted">
      {publicUrl
        ? 'No endpoint is set up: Purser reads the account’s list of events every half minute. With an endpoint they come in at once.'
        : 'Purser reads the account’s list of events every half minute. For Stripe to send them at once, it needs a public address: set PURSER_PUBLIC_URL and start Purser again.'}
    </p>
  );
}

function Endpoint({ webhook }: { webhook: Webhook }) {
  const { label, tone, means } = states[webhook.status];
  const rows: { label: string; value: ReactNode }[] = [
    {
      label: 'State',
      value: (
        <>
          <Tag tone={tone}>{label}</Tag> <span className="text-muted">{means}</span>
        </>
      ),
    },
    { label: 'Address', value: <CopyId id={webhook.url} /> },
    {
      label: 'Last event',
      value: webhook.lastReceivedAt ? <Time at={webhook.lastReceivedAt} /> : 'None yet',
    },
    {
      label: 'Event types',
      value: webhook.events.length > 0 ? webhook.events.join(', ') : 'As set at Stripe, by hand',
    },
    { label: 'Signing secrets', value: String(webhook.secretCount) },
    ...(webhook.endpointId ? [{ label: 'At Stripe', value: <CopyId id={webhook.endpointId} /> }] : []),
  ];
  return (
    <>
      {webhook.problem ? (
        <ProblemNotice error={new Error(webhook.problem.why)}>
          <p className="mt-0.5 text-muted">
            {webhook.problem.count === 1 ? 'Once' : `${webhook.problem.count} times`}, last{' '}
            <Time at={webhook.problem.at} />.
          </p>
        </ProblemNotice>
      ) : null}
      <Card>
        <Facts rows={rows} />
      </Card>
    </>
  );
}

interface ActionsProps {
  connection: Connection;
  webhook: Webhook | null;
  publicUrl: string | null;
}

function Actions({ connection, webhook, publicUrl }: ActionsProps) {
  const { own } = usePermissions();
  const [entering, setEntering] = useState(false);
  const cache = useQueryClient();
  const onSettled = () => cache.invalidateQueries({ queryKey: ['connections', 'webhook'] });
  const register = useMutation<Webhook, ApiProblem>({
    mutationFn: () => api.setWebhook(connection.id, { register: true }),
    onSuccess: () => toast('The endpoint is set up'),
    onSettled,
  });
  const remove = useMutation<unknown, ApiProblem>({
    mutationFn: () => api.removeWebhook(connection.id),
    onSuccess: () => toast('Deliveries are refused from now on; events are read from the list'),
    onSettled,
  });
  const error = register.error ?? remove.error;
  return (
    <div className="space-y-3">
      <div className="flex flex-wrap gap-2">
        {publicUrl ? (
          <Button disabled={!own} busy={register.isPending} onClick={() => register.mutate()}>
            {webhook ? 'Set it up again' : 'Set up the endpoint'}
          </Button>
        ) : null}
        <Button tone={publicUrl ? 'quiet' : 'secondary'} disabled={!own} onClick={() => setEntering(true)}>
          Enter signing secrets…
        </Button>
        {webhook ? (
          <Button tone="quiet" disabled={!own} busy={remove.isPending} onClick={() => remove.mutate()}>
            Forget the endpoint
          </Button>
        ) : null}
      </div>
      {error ? <ProblemNotice error={error} /> : null}
      <SecretsDialog connection={connection} open={entering} onOpenChange={setEntering} />
    </div>
  );
}
