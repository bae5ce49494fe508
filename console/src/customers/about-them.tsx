import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { CustomerWords } from '../cards/customer-words.ts';
import { OperationTag } from '../cards/operation-state.tsx';
import { mailsQuery, operationsQuery, threadsQuery } from '../queries.ts';
import { Name } from '../ui/name.tsx';
import { Card, Section } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Time } from '../ui/time.tsx';

/** What Purser itself knows of a customer: what was done, what was written to them, what was said. */
export function AboutThem({ customer }: { customer: CustomerWords }) {
  const operations = useInfiniteQuery(operationsQuery({ q: customer.id }));
  const mails = useInfiniteQuery({ ...mailsQuery(customer.email ?? ''), enabled: customer.email !== null });
  const threads = useInfiniteQuery(threadsQuery({ q: customer.id }));
  return (
    <>
      <Short title="What agents did" none="Nothing yet." query={operations}>
        {(operation) => (
          <Row
            key={operation.id}
            at={operation.createdAt}
            aside={<OperationTag state={operation.state} />}
            link={
              <Link
                to="/operations/$operationId"
                params={{ operationId: operation.id }}
                dir="auto"
                className={rowLink}
              >
                <Name>{operation.summary}</Name>
              </Link>
            }
          />
        )}
      </Short>
      {customer.email ? (
        <Short title="Mail to them" none="None from here." query={mails}>
          {(mail) => (
            <Row
              key={mail.id}
              at={mail.sentAt ?? mail.createdAt}
              link={
                <Link to="/outbox/$mailId" params={{ mailId: mail.id }} dir="auto" className={rowLink}>
                  <Name>{mail.subject || 'Without a subject'}</Name>
                </Link>
              }
            />
          )}
        </Short>
      ) : null}
      <Short title="Threads that name them" none="None yet." query={threads}>
        {(thread) => (
          <Row
            key={thread.id}
            at={thread.updatedAt}
            link={
              <Link to="/threads/$threadId" params={{ threadId: thread.id }} dir="auto" className={rowLink}>
                <Name>{thread.title || 'New thread'}</Name>
              </Link>
            }
          />
        )}
      </Short>
    </>
  );
}

const rowLink = 'min-w-40 flex-1 truncate rounded after:absolute after:inset-0';
const mostShown = 8;

interface ShortProps<Item> {
  title: string;
  none: string;
  query: {
    data: { pages: readonly { data: readonly Item[] }[] } | undefined;
    error: Error | null;
    isPending: boolean;
    refetch(): Promise<unknown>;
  };
  children(item: Item): ReactNode;
}

/** The newest few; the places themselves have all of them. */
function Short<Item>({ title, none, query, children }: ShortProps<Item>) {
  const items = query.data?.pages.flatMap((page) => page.data).slice(0, mostShown);
  return (
    <Section title={title}>
      {query.error ? <ProblemNotice error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <SkeletonRows label={`Loading: ${title}`} count={2} /> : null}
      {items?.length === 0 ? <p className="text-muted">{none}</p> : null}
      {items && items.length > 0 ? (
        <Card>
          <ul className="divide-y divide-line">{items.map(children)}</ul>
        </Card>
      ) : null}
    </Section>
  );
}

function Row({ link, at, aside }: { link: ReactNode; at: string; aside?: ReactNode }) {
  return (
    <li className="relative flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 hover:bg-hover/60">
      {link}
      {aside}
      <Time at={at} className="text-sm text-muted" />
    </li>
  );
}
