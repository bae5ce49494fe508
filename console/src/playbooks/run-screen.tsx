import type { PlaybookInfo, PlaybookRun, PlaybookStep } from '@purser/server/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Square } from 'lucide-react';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { moneyText } from '../cards/money-text.ts';
import { playbookQuery, playbookRunQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { Button } from '../ui/button.tsx';
import { ConsequenceDialog } from '../ui/consequence-dialog.tsx';
import { Card, Facts, Page, Section } from '../ui/page.tsx';
import { ProblemNotice, ProblemScreen } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Tag } from '../ui/tag.tsx';
import { exactTime } from '../ui/time-words.ts';
import { Steps } from './steps.tsx';
import { runState } from './words.ts';

type Run = PlaybookRun & { steps: PlaybookStep[] };

/** One run: where it stands and every step with its reason. */
export function RunScreen() {
  const { runId } = useParams({ from: '/signed-in/playbook-runs/$runId' });
  const query = useQuery(playbookRunQuery(runId));
  const playbook = useQuery({
    ...playbookQuery(query.data?.playbook ?? '', undefined),
    enabled: !!query.data,
  }).data;
  if (query.error) return <ProblemScreen error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data && playbook) return <RunPage key={runId} run={query.data} playbook={playbook} />;
  return (
    <Page title="Run" heading={<span className="sr-only">Run</span>} width="reading">
      <SkeletonRows label="Loading the run" />
    </Page>
  );
}

function RunPage({ run, playbook }: { run: Run; playbook: PlaybookInfo }) {
  const { label, tone } = runState(run, playbook.successes);
  const isOpen = run.state === 'waiting' || run.state === 'working';
  const { amount, wakeAt, problem, startedBy, startedAt, finishedAt, threadId } = run;
  return (
    <Page
      title={run.title}
      lead={<Tag tone={tone}>{label}</Tag>}
      width="reading"
      back={{ to: `/playbooks/${run.playbook}`, label: playbook.title }}
      actions={isOpen ? <Actions run={run} playbook={playbook} /> : null}
    >
      {problem ? <ProblemNotice error={new Error(problem)} /> : null}
      <div className="mt-4">
        <Card>
          <Facts
            rows={[
              ...(amount ? [{ label: 'Amount', value: moneyText(amount.decimal, amount.currency) }] : []),
              ...(wakeAt ? [{ label: 'Goes on', value: exactTime(wakeAt) }] : []),
              { label: 'Began', value: `${exactTime(startedAt)}, by ${startedBy}` },
              ...(finishedAt ? [{ label: 'Ended', value: exactTime(finishedAt) }] : []),
              ...run.asked.map(({ what, by, at, note }) => ({
                label: playbook.asks[what] ?? what,
                value: `${by}, ${exactTime(at)}${note ? `: ${note}` : ''}`,
              })),
              {
                label: 'Thread',
                value: (
                  <Link
                    to="/threads/$threadId"
                    params={{ threadId }}
                    className="rounded text-accent hover:underline"
                  >
                    Ask about it
                  </Link>
                ),
              },
            ]}
          />
        </Card>
      </div>
      <Section title="Steps">
        <Steps steps={run.steps} />
      </Section>
    </Page>
  );
}

function Actions({ run, playbook }: { run: Run; playbook: PlaybookInfo }) {
  const { write } = usePermissions();
  const cache = useQueryClient();
  const [wanted, setWanted] = useState<string | null>(null);
  const act = useMutation<unknown, ApiProblem, string>({
    mutationFn: (what) => (what === stop ? api.stopPlaybookRun(run.id) : api.askPlaybookRun(run.id, what)),
    onSuccess: () => setWanted(null),
    onSettled: () => cache.invalidateQueries({ queryKey: ['playbook-runs'] }),
  });
  const labelOf = (what: string) => (what === stop ? 'Stop the run' : (playbook.asks[what] ?? what));
  return (
    <div className="flex flex-wrap justify-end gap-2">
      {Object.entries(playbook.asks).map(([what, label]) => (
        <Button key={what} disabled={!write} onClick={() => setWanted(what)}>
          {label}
        </Button>
      ))}
      <Button tone="quiet" disabled={!write} onClick={() => setWanted(stop)}>
        <Square size={14} aria-hidden="true" />
        Stop the run
      </Button>
      <ConsequenceDialog
        open={wanted !== null}
        onOpenChange={(open) => setWanted(open ? wanted : null)}
        title={labelOf(wanted ?? stop)}
        action={labelOf(wanted ?? stop)}
        busy={act.isPending}
        error={act.error}
        onConfirm={() => act.mutate(wanted ?? stop)}
      >
        {wanted === stop
          ? 'It does nothing more, for good. What was sent is seen through.'
          : 'The playbook does it next; where policy says so, it waits for approval in the inbox first.'}
      </ConsequenceDialog>
    </div>
  );
}

const stop = 'stop';
