import type { Agent } from '@purser/server/api';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { foundQuery } from '../queries.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SearchField } from '../ui/search-field.tsx';
import { useDebounced } from '../ui/use-debounced.ts';

/** What the agent would find, before anybody asks it. */
export function TryKnowledge({ agent }: { agent: Agent }) {
  const [text, setText] = useState('');
  const asked = useDebounced(text.trim(), 300);
  const query = useQuery({ ...foundQuery(agent.id, asked), enabled: asked !== '' });
  return (
    <>
      <h2 className="mb-2 font-semibold">What would it find?</h2>
      <SearchField
        label="Ask something, such as: how long can customers return things?"
        value={text}
        onChange={setText}
      />
      <div aria-live="polite" aria-busy={query.isFetching || undefined}>
        {query.error ? <ProblemNotice error={query.error} /> : null}
        {asked !== '' && query.data?.length === 0 ? (
          <p className="mt-3 text-muted">Nothing in these documents speaks of it.</p>
        ) : null}
        {asked !== '' && query.data ? (
          <ol className="mt-3 space-y-3">
            {query.data.map((found) => (
              <li key={`${found.documentId} ${found.position}`} className="border-s-2 border-line ps-3">
                <Link
                  to="/agents/$agentId/{-$tab}"
                  params={{ agentId: agent.id, tab: 'knowledge' }}
                  search={{ document: found.documentId, at: found.position }}
                  className="text-accent underline underline-offset-2"
                >
                  <bdi>{found.document}</bdi>, <bdi>{found.place}</bdi>
                </Link>
                <p dir="auto" className="line-clamp-3 whitespace-pre-line text-sm text-muted">
                  {found.text}
                </p>
              </li>
            ))}
          </ol>
        ) : null}
      </div>
    </>
  );
}
