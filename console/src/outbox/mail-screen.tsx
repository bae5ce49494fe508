import type { Mail } from '@purser/server/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { RotateCcw } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { mailQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { Button } from '../ui/button.tsx';
import { ConsequenceDialog } from '../ui/consequence-dialog.tsx';
import { Address, Name } from '../ui/name.tsx';
import { Card, Facts, Page, Section } from '../ui/page.tsx';
import { ProblemNotice, ProblemScreen } from '../ui/problem-notice.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { exactTime } from '../ui/time-words.ts';
import { toast } from '../ui/toast.tsx';
import { MailTag, mailStates } from './mail-state.tsx';

const back = { to: '/outbox', label: 'Outbox' };

export function MailScreen() {
  const { mailId } = useParams({ from: '/signed-in/outbox/$mailId' });
  const query = useQuery(mailQuery(mailId));
  if (query.data) return <MailPage mail={query.data} />;
  if (query.error) return <ProblemScreen error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <Page title="Mail" heading={<span className="sr-only">Mail</span>} width="reading" back={back}>
      <SkeletonRows label="Loading the mail" />
    </Page>
  );
}

function MailPage({ mail }: { mail: Mail }) {
  return (
    <Page
      title={mail.subject || 'Without a subject'}
      lead={<MailTag state={mail.state} bounced={mail.bounced} />}
      width="reading"
      back={back}
      actions={<Resend mail={mail} />}
    >
      {mail.problem ? (
        <ProblemNotice error={new Error(mail.problem)} />
      ) : (
        <p className="text-muted">{mailStates[mail.state].means}</p>
      )}
      <div className="mt-4">
        <Card>
          <Facts rows={facts(mail)} />
        </Card>
      </div>
      <Section title="What they see">
        <Content mail={mail} />
      </Section>
    </Page>
  );
}

function facts(mail: Mail): { label: string; value: ReactNode }[] {
  const { threadId, operationId } = mail;
  const link = 'rounded text-accent hover:underline';
  return [
    { label: 'To', value: <Address>{mail.to}</Address> },
    { label: 'From', value: <Address>{mail.from}</Address> },
    ...(mail.needsConsent ? [{ label: 'Kind', value: 'News or an offer, with consent and a way out' }] : []),
    { label: 'Written', value: exactTime(mail.createdAt) },
    ...(mail.sentAt ? [{ label: 'Sent', value: exactTime(mail.sentAt) }] : []),
    ...(mail.attempts > 0 ? [{ label: 'Attempts', value: String(mail.attempts) }] : []),
    ...(threadId
      ? [
          {
            label: 'Thread',
            value: (
              <Link to="/threads/$threadId" params={{ threadId }} className={link}>
                Open the thread
              </Link>
            ),
          },
        ]
      : []),
    ...(operationId
      ? [
          {
            label: 'Operation',
            value: (
              <Link to="/operations/$operationId" params={{ operationId }} className={link}>
                See the evidence
              </Link>
            ),
          },
        ]
      : []),
  ];
}

type View = 'html' | 'text';
const views = [
  { value: 'html', label: 'As HTML' },
  { value: 'text', label: 'As text' },
] as const;

/** Shut off: no script runs in it, nothing is fetched for it, no link leads out of it. */
function Content({ mail }: { mail: Mail }) {
  const [view, setView] = useState<View>('html');
  return (
    <>
      <div className="mb-2">
        <Segmented<View> label="View" value={view} options={views} onChange={setView} />
      </div>
      {view === 'html' ? (
        <iframe
          title={`Mail: ${mail.subject}`}
          sandbox=""
          referrerPolicy="no-referrer"
          srcDoc={mail.html}
          className="h-[28rem] w-full rounded-lg border border-line bg-white"
        />
      ) : (
        <pre
          dir="auto"
          className="rounded-lg border border-line bg-sunken p-4 font-sans whitespace-pre-wrap [overflow-wrap:anywhere]"
        >
          <Name>{mail.body}</Name>
        </pre>
      )}
    </>
  );
}

/** Only what failed, or may have gone out, is sent again, and only because a person says so. */
function Resend({ mail }: { mail: Mail }) {
  const { write } = usePermissions();
  const [asking, setAsking] = useState(false);
  const cache = useQueryClient();
  const resend = useMutation<Mail, ApiProblem>({
    mutationFn: () => api.resendMail(mail.id),
    onSuccess: (sent) => {
      cache.setQueryData(['outbox', 'one', mail.id], sent);
      setAsking(false);
      toast('It is sent again');
    },
    onSettled: () => cache.invalidateQueries({ queryKey: ['outbox'] }),
  });
  if (mail.state !== 'failed' && mail.state !== 'unknown') return null;
  return (
    <>
      <Button disabled={!write} onClick={() => setAsking(true)}>
        <RotateCcw size={14} aria-hidden="true" />
        Send again…
      </Button>
      <ConsequenceDialog
        open={asking}
        onOpenChange={setAsking}
        title="Send this mail again"
        action="Send again"
        busy={resend.isPending}
        error={resend.error}
        onConfirm={() => resend.mutate()}
      >
        {mail.state === 'unknown'
          ? `It may have reached ${mail.to} already; then they get it twice.`
          : `It goes to ${mail.to}.`}
      </ConsequenceDialog>
    </>
  );
}
