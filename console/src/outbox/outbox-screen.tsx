import type { Mail } from '@purser/server/api';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Mails } from 'lucide-react';
import { useEffect, useState } from 'react';
import { mailsQuery } from '../queries.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Address, Name } from '../ui/name.tsx';
import { Card, Page } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SearchField } from '../ui/search-field.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Time } from '../ui/time.tsx';
import { useDebounced } from '../ui/use-debounced.ts';
import { MailTag } from './mail-state.tsx';

/** Every mail that was written, newest first. */
export function OutboxScreen() {
  const { to } = useSearch({ from: '/signed-in/outbox' });
  const query = useInfiniteQuery(mailsQuery(to));
  const mails = query.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <Page title="Outbox" lead="Mail to customers and notices to you, as whoever gets it sees it.">
      <div className="mb-4 max-w-80">
        <Recipient value={to ?? ''} />
      </div>
      {query.isPending ? <SkeletonRows label="Loading mail" /> : null}
      {query.error ? <ProblemNotice error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.data && mails.length === 0 ? (
        <Card>
          <EmptyState icon={<Mails size={20} />} title={to ? 'No mail to this address' : 'No mail yet'}>
            {to
              ? 'Write the whole address, such as bob@example.com.'
              : 'What agents write to customers is kept here, whether it was sent or not.'}
          </EmptyState>
        </Card>
      ) : null}
      {mails.length > 0 ? (
        <Card>
          <ul className="divide-y divide-line">
            {mails.map((mail) => (
              <Row key={mail.id} mail={mail} />
            ))}
          </ul>
        </Card>
      ) : null}
      {query.hasNextPage ? (
        <div className="mt-3 text-center">
          <Button tone="quiet" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show older mail
          </Button>
        </div>
      ) : null}
    </Page>
  );
}

function Row({ mail }: { mail: Mail }) {
  return (
    <li className="relative flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 hover:bg-hover/60">
      <span className="min-w-0 basis-48 truncate text-muted max-sm:basis-full">
        <Address>{mail.to}</Address>
      </span>
      <Link
        to="/outbox/$mailId"
        params={{ mailId: mail.id }}
        dir="auto"
        className="min-w-40 flex-1 truncate rounded font-medium after:absolute after:inset-0"
      >
        <Name>{mail.subject || 'Without a subject'}</Name>
      </Link>
      <MailTag state={mail.state} bounced={mail.bounced} />
      <Time at={mail.sentAt ?? mail.createdAt} className="min-w-20 text-end text-sm text-muted" />
    </li>
  );
}

const restMs = 300;

function Recipient({ value }: { value: string }) {
  const navigate = useNavigate();
  const [typed, setTyped] = useState(value);
  const rested = useDebounced(typed.trim(), restMs);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what was typed is told, not what the address says.
  useEffect(() => {
    if (rested !== value)
      void navigate({ to: '/outbox', search: { to: rested || undefined }, replace: true });
  }, [rested]);
  return <SearchField label="Recipient’s address" value={typed} onChange={setTyped} />;
}
