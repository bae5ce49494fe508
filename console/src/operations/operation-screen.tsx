import type { Operation } from '@purser/server/api';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { effects } from '../cards/effect-words.ts';
import { AccountTag } from '../cards/mode-tag.tsx';
import { OperationTag, operationStates } from '../cards/operation-state.tsx';
import { useLinkOf } from '../cards/use-link-of.ts';
import { operationQuery } from '../queries.ts';
import { CopyId } from '../ui/copy-button.tsx';
import { JsonView } from '../ui/json-view.tsx';
import { Card, Facts, Page, Section } from '../ui/page.tsx';
import { ProblemNotice, ProblemScreen } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { exactTime } from '../ui/time-words.ts';

const back = { to: '/operations', label: 'Operations' };

export function OperationScreen() {
  const { operationId } = useParams({ from: '/signed-in/operations/$operationId' });
  const query = useQuery(operationQuery(operationId));
  if (query.data) return <OperationPage operation={query.data} />;
  if (query.error) return <ProblemScreen error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <Page title="Operation" heading={<span className="sr-only">Operation</span>} width="reading" back={back}>
      <SkeletonRows label="Loading the operation" />
    </Page>
  );
}

function OperationPage({ operation }: { operation: Operation }) {
  const lead = (
    <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <OperationTag state={operation.state} />
      <AccountTag mode={operation.mode} account={operation.account} />
    </span>
  );
  return (
    <Page title={operation.summary || operation.title} lead={lead} width="reading" back={back}>
      <StateNote operation={operation} />
      {operation.preview.facts.length > 0 ? (
        <Section title="What it was about">
          <Card>
            <Facts rows={[...operation.preview.facts]} />
          </Card>
        </Section>
      ) : null}
      <Section title="Evidence">
        <Card>
          <Facts rows={evidence(operation)} />
        </Card>
      </Section>
      {operation.objects.length > 0 ? (
        <Section title="Objects">
          <Objects operation={operation} />
        </Section>
      ) : null}
      <Section title="Exact input">
        <JsonView label="Input" value={operation.input} />
      </Section>
    </Page>
  );
}

function StateNote({ operation }: { operation: Operation }) {
  if (operation.error) {
    const { message, next } = operation.error;
    return <ProblemNotice error={Object.assign(new Error(message), { next })} />;
  }
  if (operation.state === 'unknown') {
    return (
      <div className="flex gap-2.5 rounded-lg bg-danger-soft px-3.5 py-3">
        <CircleAlert size={16} aria-hidden="true" className="mt-0.5 shrink-0 text-danger" />
        <p>{operationStates.unknown.means}</p>
      </div>
    );
  }
  return <p className="text-muted">{operationStates[operation.state].means}</p>;
}

function evidence(operation: Operation): { label: string; value: ReactNode }[] {
  const effect = effects.find((each) => each.effect === operation.effect)?.label ?? operation.effect;
  return [
    { label: 'Asked by', value: operation.agentName },
    {
      label: 'Thread',
      value: (
        <Link
          to="/threads/$threadId"
          params={{ threadId: operation.threadId }}
          className="rounded text-accent hover:underline"
        >
          Open the thread
        </Link>
      ),
    },
    { label: 'Kind', value: effect },
    { label: 'Tool', value: <code className="font-mono text-xs">{operation.tool}</code> },
    { label: 'Planned', value: exactTime(operation.createdAt) },
    { label: 'Last change', value: exactTime(operation.updatedAt) },
    { label: 'Operation', value: <CopyId id={operation.id} /> },
    { label: 'Idempotency key', value: <CopyId id={operation.idempotencyKey} /> },
    {
      label: 'Stripe requests',
      value:
        operation.requestIds.length === 0 ? (
          <span className="text-muted">None was sent</span>
        ) : (
          operation.requestIds.map((id) => <CopyId key={id} id={id} />)
        ),
    },
    { label: 'Can be undone', value: undoWords(operation) },
  ];
}

function undoWords(operation: Operation): string {
  if (!operation.undo) return 'No';
  return operation.undo.until
    ? `${operation.undo.label}, until ${exactTime(operation.undo.until)}`
    : operation.undo.label;
}

function Objects({ operation }: { operation: Operation }) {
  const linkOf = useLinkOf(operation.connectionId);
  return (
    <Card>
      <ul className="divide-y divide-line">
        {operation.objects.map((object) => {
          const link = linkOf(object.type, object.id);
          return (
            <li key={object.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5">
              <span dir="auto" className="min-w-0 flex-1 truncate">
                {object.label ?? object.type.replaceAll('_', ' ')}
              </span>
              <CopyId id={object.id} />
              {link ? (
                <a
                  href={link}
                  target="_blank"
                  rel="noreferrer noopener"
                  className="rounded text-accent hover:underline"
                >
                  Open in Stripe
                </a>
              ) : null}
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
