import type { Message, MessagePart, Thread } from '@purser/server/api';
import { RotateCcw } from 'lucide-react';
import { ApprovalBatch } from '../cards/approval-batch.tsx';
import { batchesOf } from '../cards/approval-words.ts';
import { useIdLink, useLinkOf } from '../cards/use-link-of.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { IdLinksProvider } from '../ui/id-links.tsx';
import { Markdown } from '../ui/markdown.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Time } from '../ui/time.tsx';
import { Working } from './messages.tsx';
import { ToolCallCard } from './tool-call-card.tsx';
import type { Turns } from './use-turns.ts';

interface AssistantMessageProps {
  message: Message;
  thread: Thread;
  turns: Turns;
  last: boolean;
}

export function AssistantMessage({ message, thread, turns, last }: AssistantMessageProps) {
  const running = message.status === 'running' || message.status === 'queued';
  const linkOf = useIdLink(thread.connection?.id);
  return (
    <article aria-label={thread.agentName} aria-busy={running} className="group space-y-3">
      <IdLinksProvider linkOf={linkOf}>
        {keyed(partsOf(message)).map(({ key, part }) => (
          <Part key={key} part={part} message={message} thread={thread} />
        ))}
      </IdLinksProvider>
      {running && !isWriting(message) ? <Working words={workingWords(message)} /> : null}
      <Ending message={message} turns={turns} last={last} />
      {!running && message.text ? (
        <div className="pointer-fine:-mb-4 flex h-6 items-center gap-1 text-xs text-muted opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100">
          <CopyButton text={message.text} label="Copy answer" className="-ms-1.5" />
          <Time at={message.createdAt} />
          {message.model ? (
            <span>· {message.model === 'builtin' ? 'built-in model' : message.model}</span>
          ) : null}
        </div>
      ) : null}
    </article>
  );
}

function partsOf(message: Message): MessagePart[] {
  if (message.parts?.length) return message.parts;
  const calls = (message.toolCalls ?? []).map((call) => ({ type: 'tool' as const, toolCallId: call.id }));
  return message.text ? [...calls, { type: 'text', text: message.text }] : calls;
}

/** Text parts have no id; they never move, so their place is one. */
function keyed(parts: MessagePart[]): { key: string; part: MessagePart }[] {
  return parts.map((part, index) => ({
    key: part.type === 'tool' ? part.toolCallId : `text-${index}`,
    part,
  }));
}

function Part({ part, message, thread }: { part: MessagePart; message: Message; thread: Thread }) {
  const linkOf = useLinkOf(thread.connection?.id);
  if (part.type === 'text') return part.text ? <Markdown text={part.text} /> : null;
  const call = message.toolCalls?.find((each) => each.id === part.toolCallId);
  if (!call) return null;
  const approval = thread.approvals.find((each) => each.toolCallId === call.id);
  if (approval?.status === 'pending' && call.status === 'awaiting_approval') {
    const batch = batchesOf(thread.approvals).find((each) => each.includes(approval)) ?? [approval];
    // All of a batch are decided where its first stands.
    return batch[0] === approval ? <ApprovalBatch approvals={batch} /> : null;
  }
  const answer = message.status === 'completed' ? message.text : '';
  return (
    <ToolCallCard call={call} threadId={thread.id} approval={approval} linkOf={linkOf} answer={answer} />
  );
}

/** True while text is arriving: it speaks for itself. */
function isWriting(message: Message): boolean {
  const part = message.parts?.at(-1);
  if (part?.type === 'text') return part.text !== '';
  const call = message.toolCalls?.find((each) => each.id === part?.toolCallId);
  return call?.status === 'running';
}

function workingWords(message: Message): string {
  return message.toolCalls?.length ? 'Reading the result' : 'Thinking';
}

function Ending({ message, turns, last }: { message: Message; turns: Turns; last: boolean }) {
  const retry = last && turns.mayWrite;
  if (message.status === 'cancelled') {
    return (
      <div className="flex flex-wrap items-center gap-3 text-muted">
        <p>Stopped. What was done before stays done.</p>
        {retry ? <Retry turns={turns} /> : null}
      </div>
    );
  }
  if (message.status !== 'failed') return null;
  const error = Object.assign(new Error(message.error?.message ?? 'This turn failed.'), {
    next: message.error?.next,
  });
  return (
    <ProblemNotice error={error}>
      {retry && message.error?.retryable !== false ? (
        <div className="mt-2">
          <Retry turns={turns} />
        </div>
      ) : null}
    </ProblemNotice>
  );
}

function Retry({ turns }: { turns: Turns }) {
  return (
    <Button size="small" busy={turns.busy} onClick={turns.retry}>
      <RotateCcw size={13} aria-hidden="true" />
      Try again
    </Button>
  );
}
