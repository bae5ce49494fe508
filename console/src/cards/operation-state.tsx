import type { OperationState } from '@purser/server/api';
import { Tag, type TagTone } from '../ui/tag.tsx';

/** Every state in words, with what it means. */
export const operationStates: Record<OperationState, { label: string; tone: TagTone; means: string }> = {
  planned: { label: 'Planned', tone: 'plain', means: 'Prepared, nothing sent.' },
  waiting: { label: 'Waiting', tone: 'accent', means: 'A person has to decide.' },
  approved: { label: 'Approved', tone: 'accent', means: 'Allowed, about to be sent.' },
  claimed: { label: 'Starting', tone: 'accent', means: 'About to be sent.' },
  sent: { label: 'Sent', tone: 'accent', means: 'Sent to Stripe, answer not in yet.' },
  done: { label: 'Done', tone: 'good', means: 'Stripe confirmed it.' },
  failed: { label: 'Failed', tone: 'danger', means: 'Stripe refused it. Nothing changed.' },
  rejected: { label: 'Rejected', tone: 'plain', means: 'A person said no. Nothing was sent.' },
  unknown: {
    label: 'Outcome unknown',
    tone: 'alarm',
    means: 'It was sent and no answer came. It will not be sent again; check at Stripe whether it happened.',
  },
};

export function OperationTag({ state }: { state: OperationState }) {
  const words = operationStates[state];
  return <Tag tone={words.tone}>{words.label}</Tag>;
}
