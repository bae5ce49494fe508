import type { Connection, SentAnnouncement } from '@purser/server/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../api.ts';
import { aboutQuery, connectionTypesQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { Button } from '../ui/button.tsx';
import { CopyId } from '../ui/copy-button.tsx';
import { Card, Section } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Tag, type TagTone } from '../ui/tag.tsx';
import { Time } from '../ui/time.tsx';

const what: Record<string, string> = {
  'approval.requested': 'Approval asked for',
  'approval.decided': 'Approval decided',
  'run.completed': 'Run completed',
  'run.failed': 'Run failed',
  'alert.raised': 'Alert',
};
const states: Record<SentAnnouncement['state'], { word: string; tone: TagTone }> = {
  queued: { word: 'Waits', tone: 'plain' },
  sending: { word: 'Sending', tone: 'plain' },
  sent: { word: 'Sent', tone: 'good' },
  failed: { word: 'Failed', tone: 'danger' },
};

/** What this connection is told of what happens here, where it is told anything; and where its buttons are answered. */
export function Announced({ connection }: { connection: Connection }) {
  const { write } = usePermissions();
  const cache = useQueryClient();
  const type = useQuery(connectionTypesQuery()).data?.find((each) => each.type === connection.type);
  const key = ['connections', connection.id, 'announcements'];
  const query = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api.announcements(connection.id, signal),
    enabled: type?.told === true,
  });
  const retry = useMutation({
    mutationFn: (id: string) => api.retryAnnouncement(connection.id, id),
    onSettled: () => cache.invalidateQueries({ queryKey: key }),
  });
  if (!type?.told) return null;
  const rows = query.data?.data;
  return (
    <Section title="What it is told">
      {type.answers ? <AnswersAddress connection={connection} /> : null}
      {query.isPending ? <SkeletonRows label="Loading what it was told" count={2} /> : null}
      {query.error ? <ProblemNotice error={query.error} onRetry={() => void query.refetch()} /> : null}
      {retry.error ? <ProblemNotice error={retry.error} /> : null}
      {rows?.length === 0 ? (
        <p className="text-muted">Nothing yet. What waits for an approval, and alerts, will stand here.</p>
      ) : null}
      {rows && rows.length > 0 ? (
        <Card>
          <ul className="divide-y divide-line">
            {rows.map((row) => (
              <li key={row.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5">
                <Tag tone={states[row.state].tone}>{states[row.state].word}</Tag>
                <span className="min-w-0 flex-1">
                  {what[row.type] ?? row.type}
                  {row.problem ? (
                    <span className="block text-sm text-muted [overflow-wrap:anywhere]">{row.problem}</span>
                  ) : null}
                </span>
                <Time at={row.happenedAt} className="text-sm text-muted" />
                {row.state === 'failed' ? (
                  <Button
                    disabled={!write}
                    busy={retry.isPending && retry.variables === row.id}
                    onClick={() => retry.mutate(row.id)}
                  >
                    Try again
                  </Button>
                ) : null}
              </li>
            ))}
          </ul>
        </Card>
      ) : null}
    </Section>
  );
}

function AnswersAddress({ connection }: { connection: Connection }) {
  const publicUrl = useQuery(aboutQuery()).data?.publicUrl;
  const path = `/webhooks/answers/${connection.id}`;
  if (!publicUrl)
    return (
      <p className="mb-3 text-muted">
        Buttons under an approval work once this workspace has a public address (PURSER_PUBLIC_URL).
      </p>
    );
  return (
    <p className="mb-3 flex flex-wrap items-center gap-x-2">
      <span>Interactivity request address:</span> <CopyId id={`${publicUrl.replace(/\/$/, '')}${path}`} />
    </p>
  );
}
