import type { Mail } from '@purser/server/api';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Mails } from 'lucide-react';
import { mailsQuery } from '../queries.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Address, Name } from '../ui/name.tsx';
import { Page } from '../ui/page.tsx';
import { PagesList } from '../ui/pages-list.tsx';
import { RestedSearch } from '../ui/search-field.tsx';
import { Time } from '../ui/time.tsx';
import { MailTag } from './mail-state.tsx';
import { MailTabs } from './mail-tabs.tsx';

/** Every mail that was written, newest first. */
export function OutboxScreen() {
  const { to } = useSearch({ from: '/signed-in/outbox' });
  const navigate = useNavigate();
  const query = useInfiniteQuery(mailsQuery(to));
  return (
    <Page title="Outbox" lead="Mail to customers and notices to you, as whoever gets it sees it.">
      <MailTabs />
      <div className="mb-4 max-w-80">
        <RestedSearch
          label="Recipient’s address"
          value={to ?? ''}
          onChange={(typed) =>
            void navigate({ to: '/outbox', search: { to: typed || undefined }, replace: true })
          }
        />
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
