import type { Passage } from '@purser/server/api';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChevronLeft } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { documentQuery } from '../queries.ts';
import { cx } from '../ui/class-names.ts';
import { Card } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { kindWord, sizeText } from './document-words.ts';

interface DocumentTextProps {
  agentId: string;
  documentId: string;
  /** The passage that was cited. */
  at: number | undefined;
}

/** A document as the agent reads it: passage by passage, each under its place. */
export function DocumentText({ agentId, documentId, at }: DocumentTextProps) {
  const query = useQuery(documentQuery(agentId, documentId));
  return (
    <div className="max-w-3xl">
      <Link
        to="/agents/$agentId/{-$tab}"
        params={{ agentId, tab: 'knowledge' }}
        className="-ms-1 mb-3 inline-flex items-center gap-0.5 rounded text-muted hover:text-ink pointer-coarse:min-h-11"
      >
        <ChevronLeft size={15} aria-hidden="true" />
        All documents
      </Link>
      {query.error ? <ProblemNotice error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <SkeletonRows label="Loading the document" /> : null}
      {query.data ? (
        <>
          <h2 dir="auto" className="text-lg font-semibold [overflow-wrap:anywhere]">
            {query.data.name}
          </h2>
          <p className="mb-4 text-sm text-muted">
            {kindWord(query.data.kind)}, {sizeText(query.data.bytes)}. Read as data: nothing in it can tell an
            agent what to do.
          </p>
          <Card>
            <ol className="divide-y divide-line">
              {query.data.text.map((passage, index, all) => (
                <Stretch
                  key={passage.position}
                  passage={passage}
                  isCited={passage.position === at}
                  showsPlace={passage.place !== all[index - 1]?.place}
                />
              ))}
            </ol>
          </Card>
        </>
      ) : null}
    </div>
  );
}

function Stretch({
  passage,
  isCited,
  showsPlace,
}: {
  passage: Passage;
  isCited: boolean;
  showsPlace: boolean;
}) {
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (!isCited) return;
    item.current?.scrollIntoView({ block: 'center' });
    item.current?.focus({ preventScroll: true });
  }, [isCited]);
  return (
    <li
      ref={item}
      tabIndex={isCited ? -1 : undefined}
      aria-current={isCited ? 'location' : undefined}
      className={cx('px-4 py-3 -outline-offset-2', isCited && 'border-s-4 border-s-accent bg-accent-soft')}
    >
      {showsPlace || isCited ? (
        <h3 dir="auto" className="mb-1 text-sm font-medium text-muted">
          {passage.place}
        </h3>
      ) : null}
      <p dir="auto" className="whitespace-pre-line [overflow-wrap:anywhere]">
        {passage.text}
      </p>
    </li>
  );
}
