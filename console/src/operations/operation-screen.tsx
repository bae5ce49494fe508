import type { Operation } from '@purser/server/api';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ApprovalCard } from '../cards/approval-card.tsx';
import { effects } from '../cards/effect-words.ts';
import { AccountTag } from '../cards/mode-tag.tsx';
import { moneyText } from '../cards/money-text.ts';
import { OperationTag, operationStates } from '../cards/operation-state.tsx';
import { useLinkOf } from '../cards/use-link-of.ts';
import { approvalQuery, operationQuery } from '../queries.ts';
import { CopyId } from '../ui/copy-button.tsx';
import { JsonView } from '../ui/json-view.tsx';
import { Name } from '../ui/name.tsx';
import { Card, Facts, Page, Section } from '../ui/page.tsx';
import { ProblemNotice, ProblemScreen } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { exactTime } from '../ui/time-words.ts';
import { OperationHistory } from './operation-history.tsx';
import { UndoButton } from './undo-button.tsx';
import { UnknownOutcome } from './unknown-outcome.tsx';

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
    <Page
      title={operation.summary || operation.title}
      lead={lead}
      width="reading"
      back={back}
      actions={<UndoButton operation={operation} />}
    >
      <StateNote operation={operation} />
      <Relations operation={operation} />
      <Section title="Proposed and done">
        <ProposedAndDone operation={operation} />
      </Section>
      {operation.objects.length > 0 ? (
        <Section title="Objects">
          <Objects operation={operation} />
        </Section>
      ) : null}
      {operation.approvalId ? (
        <Section title="Approval">
          <OperationApproval id={operation.approvalId} />
        </Section>
      ) : null}
      <Section title="What happened, step by step">
        <OperationHistory operationId={operation.id} />
      </Section>
      <Section title="Evidence">
        <Card>
          <Facts rows={evidence(operation)} />
        </Card>
      </Section>
      <Section title="Exact input">
        <JsonView label="Input" value={operation.input} />
      </Section>
    </Page>
  );
}

function StateNote({ operation }: { operation: Operation }) {
  if (operation.state === 'unknown') return <UnknownOutcome operation={operation} />;
  if (operation.error) {
    const { message, next } = operation.error;
    return <ProblemNotice error={Object.assign(new Error(message), { next })} />;
  }
  return <p className="text-muted">{operationStates[operation.state].means}</p>;
}

/** What it sets back, and what sets it back. */
function Relations({ operation }: { operation: Operation }) {
  const { undoes, undoneBy } = operation;
  if (!undoes && !undoneBy) return null;
  return (
    <ul className="mt-3 space-y-1 rounded-lg bg-sunken px-3.5 py-3">
      {undoes ? (
        <li>
          It sets back <OperationLink id={undoes}>another operation</OperationLink>.
        </li>
      ) : null}
      {undoneBy ? (
        <li>
          {undoneBy.state === 'done' ? 'It was undone by ' : 'Undoing it is under way: '}
          <OperationLink id={undoneBy.id}>this operation</OperationLink>.
        </li>
      ) : null}
    </ul>
  );
}

function OperationLink({ id, children }: { id: string; children: ReactNode }) {
  return (
    <Link
      to="/operations/$operationId"
      params={{ operationId: id }}
      className="rounded text-accent underline underline-offset-2"
    >
      {children}
    </Link>
  );
}

/** The preview that was judged beside what came of it: where they differ, a person should see it. */
function ProposedAndDone({ operation }: { operation: Operation }) {
  const { preview, state, summary } = operation;
  const { amount } = preview;
  const facts = [
    ...(amount ? [{ label: 'Amount', value: moneyText(amount.decimal, amount.currency) }] : []),
    ...preview.facts,
  ];
  return (
    <Card>
      <Facts
        rows={[
          { label: 'Proposed', value: <Name>{preview.summary || summary}</Name> },
          ...facts.map(({ label, value }) => ({ label, value: <Name>{value}</Name> })),
          {
            label: 'Came of it',
            value: state === 'done' ? <Name>{summary}</Name> : operationStates[state].means,
          },
        ]}
      />
    </Card>
  );
}

function OperationApproval({ id }: { id: string }) {
  const query = useQuery(approvalQuery(id));
  if (query.error) return <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <SkeletonRows label="Loading the approval" count={2} />;
  return <ApprovalCard approval={query.data} />;
}

function evidence(operation: Operation): { label: string; value: ReactNode }[] {
  const effect = effects.find((each) => each.effect === operation.effect)?.label ?? operation.effect;
  return [
    { label: 'Asked for by', value: <Name>{operation.requestedBy}</Name> },
    { label: 'Agent', value: <Name>{operation.agentName}</Name> },
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
