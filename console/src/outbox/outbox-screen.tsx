import type { Mail } from '@purser/server/api';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Mails } from 'lucide-react';
import { useEffect, useState } from 'react';
import { mailsQuery } from '../queries.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Address, Name } from '../ui/name.tsx';
import { Page } from '../ui/page.tsx';
import { PagesList } from '../ui/pages-list.tsx';
import { SearchField } from '../ui/search-field.tsx';
import { Time } from '../ui/time.tsx';
import { useDebounced } from '../ui/use-debounced.ts';
import { MailTag } from './mail-state.tsx';

/** Every mail that was written, newest first. */
export function OutboxScreen() {
  const { to } = useSearch({ from: '/signed-in/outbox' });
  const query = useInfiniteQuery(mailsQuery(to));
  return (
    <Page title="Outbox" lead="Mail to customers and notices to you, as whoever gets it sees it.">
      <div className="mb-4 max-w-80">
        <Recipient value={to ?? ''} />
      </div>
      <PagesList
        query={query}
        loading="Loading mail"
        more="Show older mail"
        keyOf={({ id }) => id}
        empty={
          <EmptyState icon={<Mails size={20} />} title={to ? 'No mail to this address' : 'No mail yet'}>
            {to
              ? 'Write the whole address, such as bob@example.com.'
              : 'What agents write to customers is kept here, whether it was sent or not.'}
          </EmptyState>
        }
        row={(mail) => <Row mail={mail} />}
      />
    </Page>
  );
}

function Row({ mail }: { mail: Mail }) {
  return (
    <>
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
    </>
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
