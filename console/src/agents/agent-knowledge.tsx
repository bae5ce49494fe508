import type { Agent } from '@purser/server/api';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { BookOpen } from 'lucide-react';
import { useState } from 'react';
import { knowledgeQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Card } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { ShowMore } from '../ui/show-more.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { AddDocuments } from './add-documents.tsx';
import { DocumentRow } from './document-row.tsx';
import { DocumentText } from './document-text.tsx';
import { TryKnowledge } from './try-knowledge.tsx';

/** What the agent can look up and cite; or one of its documents, at the place that was cited. */
export function AgentKnowledge({ agent }: { agent: Agent }) {
  const { document, at } = useSearch({ from: '/signed-in/agents/$agentId/{-$tab}' });
  return document ? (
    <DocumentText key={document} agentId={agent.id} documentId={document} at={at} />
  ) : (
    <Documents agent={agent} />
  );
}

function Documents({ agent }: { agent: Agent }) {
  const query = useInfiniteQuery(knowledgeQuery(agent.id));
  const { write } = usePermissions();
  const [pasting, setPasting] = useState(false);
  if (query.error) return <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <SkeletonRows label="Loading documents" count={4} />;
  const documents = query.data.pages.flatMap((page) => page.data);
  return (
    <div className="max-w-3xl space-y-6">
      <AddDocuments agentId={agent.id} disabled={!write} pasting={pasting} onPasting={setPasting}>
        {documents.length === 0 ? (
          <EmptyState icon={<BookOpen size={20} />} title={`${agent.name} has read nothing yet`}>
            Give it your refund policy, terms or price list: Markdown, text, PDF, CSV or HTML. It looks things
            up there and cites where they stand.
          </EmptyState>
        ) : (
          <ul className="divide-y divide-line">
            {documents.map((document) => (
              <DocumentRow key={document.id} document={document} removable={write} />
            ))}
          </ul>
        )}
        <ShowMore query={query}>Show more</ShowMore>
      </AddDocuments>
      {documents.length > 0 ? (
        <Card className="p-4">
          <TryKnowledge agent={agent} />
        </Card>
      ) : null}
    </div>
  );
}
