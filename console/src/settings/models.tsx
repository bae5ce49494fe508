import type { ModelInfo } from '@purser/server/api';
import { useQuery } from '@tanstack/react-query';
import { aboutQuery, modelsQuery } from '../queries.ts';
import { Card, Section } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Tag } from '../ui/tag.tsx';

/** Which models there are, and what the others need. Keys are set in the environment, never here. */
export function Models() {
  const query = useQuery(modelsQuery());
  const about = useQuery(aboutQuery()).data;
  if (query.error) return <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <SkeletonRows label="Loading models" count={4} />;
  const ready = query.data.filter((model) => model.available);
  const missing = query.data.filter((model) => !model.available);
  return (
    <>
      <Section title="Ready">
        <ModelList models={ready} defaultModel={about?.defaultModel} />
      </Section>
      {missing.length > 0 ? (
        <Section title="Not set up">
          <ModelList models={missing} defaultModel={undefined} />
          <p className="mt-3 text-muted">
            Model keys are read from the environment or a <code className="font-mono text-sm">.env</code> file
            when Purser starts.
          </p>
        </Section>
      ) : null}
    </>
  );
}

function ModelList({ models, defaultModel }: { models: ModelInfo[]; defaultModel: string | undefined }) {
  return (
    <Card>
      <ul className="divide-y divide-line">
        {models.map((model) => (
          <li key={model.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-3">
            <span className="min-w-0 flex-1">
              <span className="block font-medium">{model.name}</span>
              {model.available ? (
                <code className="font-mono text-xs text-muted">{model.id}</code>
              ) : (
                <span className="text-muted">{model.reason ?? 'Not available.'}</span>
              )}
            </span>
            {model.id === defaultModel ? <Tag tone="accent">Default</Tag> : null}
          </li>
        ))}
      </ul>
    </Card>
  );
}
