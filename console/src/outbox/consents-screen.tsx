import type { Consent, ConsentStanding } from '@purser/server/api';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { MailCheck } from 'lucide-react';
import { useState } from 'react';
import { connectionsQuery, consentsQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Address, Name } from '../ui/name.tsx';
import { Page } from '../ui/page.tsx';
import { PagesList } from '../ui/pages-list.tsx';
import { RestedSearch } from '../ui/search-field.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { Tag } from '../ui/tag.tsx';
import { Time } from '../ui/time.tsx';
import { MailTabs } from './mail-tabs.tsx';
import { RecordConsent } from './record-consent.tsx';

const choices = [
  { value: 'any', label: 'All' },
  { value: 'given', label: 'Consented' },
  { value: 'withdrawn', label: 'Unsubscribed' },
] as const;

/** Who may be sent news and offers, and who took it back: each address as it stands, or all that one said. */
export function ConsentsScreen() {
  const { write } = usePermissions();
  const navigate = useNavigate();
  const { standing, address } = useSearch({ from: '/signed-in/consents' });
  const choice: ConsentStanding = choices.find(({ value }) => value === standing)?.value ?? 'any';
  const [recording, setRecording] = useState(false);
  const query = useInfiniteQuery(consentsQuery(choice, address));
  const show = (search: { standing?: string | undefined; address?: string | undefined }) =>
    void navigate({ to: '/consents', search, replace: true });
  return (
    <Page
      title="Consent"
      lead="Who agreed to news and offers, and who unsubscribed. Mail about a payment or an order needs no consent."
      actions={
        <Button tone="primary" disabled={!write} onClick={() => setRecording(true)}>
          Record consent
        </Button>
      }
    >
      <MailTabs />
      <div className="mb-4 flex flex-wrap items-center gap-3">
        <div className="w-80 max-w-full">
          <RestedSearch
            label="All that an address said"
            value={address ?? ''}
            onChange={(typed) => show({ standing, address: typed || undefined })}
          />
        </div>
        {address ? null : (
          <Segmented<ConsentStanding>
            label="Which addresses"
            value={choice}
            options={choices}
            onChange={(value) => show({ standing: value === 'any' ? undefined : value })}
          />
        )}
      </div>
      <PagesList
        query={query}
        loading="Loading consent"
        more="Show older"
        keyOf={({ id }) => id}
        empty={
          <EmptyState
            icon={<MailCheck size={20} />}
            title={address ? 'This address said nothing' : 'Nobody yet'}
          >
            {address
              ? 'Write the whole address, such as bob@example.com.'
              : 'Record who agreed, here or with PUT /api/consents from your sign-up. Agents send news to nobody else.'}
          </EmptyState>
        }
        row={(consent) => <Row consent={consent} />}
      />
      <RecordConsent open={recording} onOpenChange={setRecording} />
    </Page>
  );
}

function Row({ consent }: { consent: Consent }) {
  const { data = [] } = useQuery(connectionsQuery());
  const account = data.length > 1 ? data.find(({ id }) => id === consent.connectionId) : undefined;
  const { address, given, how, recordedBy, recordedAt } = consent;
  return (
    <>
      <span className="min-w-52 flex-1">
        <span className="block font-medium [overflow-wrap:anywhere]">
          <Address>{address}</Address>
        </span>
        <span dir="auto" className="block text-muted [overflow-wrap:anywhere]">
          <Name>{how}</Name>
        </span>
      </span>
      <span className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted">
        {account ? <Name>{account.name}</Name> : null}
        {recordedBy === address ? null : (
          <span>
            by <Name>{recordedBy}</Name>
          </span>
        )}
        <Tag tone={given ? 'good' : 'plain'}>{given ? 'Consented' : 'Unsubscribed'}</Tag>
        <Time at={recordedAt} />
      </span>
    </>
  );
}
