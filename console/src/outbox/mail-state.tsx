import type { Mail, MailState } from '@purser/server/api';
import { Tag, type TagTone } from '../ui/tag.tsx';

/** Every state of a mail in words, with what it means. */
export const mailStates: Record<MailState, { label: string; tone: TagTone; means: string }> = {
  queued: { label: 'Waiting', tone: 'accent', means: 'It goes out as soon as the mail server takes it.' },
  sending: { label: 'Sending', tone: 'accent', means: 'It is being handed to the mail server.' },
  sent: { label: 'Sent', tone: 'good', means: 'The mail server took it.' },
  captured: {
    label: 'Captured',
    tone: 'plain',
    means: 'Kept here and sent to nobody: no mail server is set up (SMTP_URL).',
  },
  failed: { label: 'Failed', tone: 'danger', means: 'The mail server refused it for good.' },
  unknown: {
    label: 'Outcome unknown',
    tone: 'alarm',
    means: 'It broke off while it was handed over: it may have gone out. It is not sent again by itself.',
  },
};

export function MailTag({ state, bounced }: Pick<Mail, 'state' | 'bounced'>) {
  if (bounced) return <Tag tone="danger">Bounced</Tag>;
  const { tone, label } = mailStates[state];
  return <Tag tone={tone}>{label}</Tag>;
}
