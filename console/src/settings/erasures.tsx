import type { Erasure } from '@purser/server/api';
import { Link } from '@tanstack/react-router';
import { CopyId } from '../ui/copy-button.tsx';
import { Disclosure } from '../ui/disclosure.tsx';
import { Card } from '../ui/page.tsx';
import { Tag } from '../ui/tag.tsx';
import { Time } from '../ui/time.tsx';
import { erasureWords } from './privacy-words.ts';

/** Who was erased, what was kept and why. */
export function Erasures({ erasures }: { erasures: readonly Erasure[] }) {
  return (
    <Card>
      <ul aria-label="Erasures" className="divide-y divide-line">
        {erasures.map((erasure) => (
          <li key={erasure.id} className="px-4 py-2.5">
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <CopyId id={erasure.customer} />
              <span className="min-w-52 flex-1 text-muted max-sm:order-last max-sm:basis-full">
                {erasureWords(erasure)}
              </span>
              {erasure.threadId && erasure.state === 'waiting' ? (
                <Link to="/threads/$threadId" params={{ threadId: erasure.threadId }} className="text-accent">
                  Its thread
                </Link>
              ) : null}
              <Tag tone={erasure.state === 'done' ? 'good' : 'warn'}>
                {erasure.state === 'done' ? 'Erased' : 'Waiting'}
              </Tag>
              <Time at={erasure.finishedAt ?? erasure.requestedAt} className="text-sm text-muted" />
            </div>
            {erasure.report && erasure.report.kept.length > 0 ? (
              <Disclosure label="What was kept, and why">
                <ul className="mt-1 space-y-1 text-muted">
                  {erasure.report.kept.map(({ what, count, why }) => (
                    <li key={what}>
                      {count} in the {what}. {why}
                    </li>
                  ))}
                </ul>
              </Disclosure>
            ) : null}
          </li>
        ))}
      </ul>
    </Card>
  );
}
