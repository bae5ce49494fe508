import type { ModelInfo } from '@purser/server/api';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { aboutQuery, modelsQuery } from '../queries.ts';
import { CopyButton } from '../ui/copy-button.tsx';
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
        <Card>
          <ul className="divide-y divide-line">
            {ready.map((model) => (
              <li key={model.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-3">
                <span className="min-w-0 flex-1">
                  <span className="block font-medium">{model.name}</span>
                  <code className="font-mono text-xs text-muted [overflow-wrap:anywhere]">{model.id}</code>
                </span>
                {model.id === about?.defaultModel ? <Tag tone="accent">Default</Tag> : null}
              </li>
            ))}
          </ul>
        </Card>
      </Section>
      <Section title="Can be added">
        <Card>
          <ul className="divide-y divide-line">
            {byProvider(missing).map(([provider, models]) => (
              <Provider
                key={provider}
                name={providerNames[provider] ?? provider}
                models={models.map(({ name }) => name).join(', ')}
              >
                <ToSet line={`${models[0]?.variable ?? ''}=…`} why={models[0]?.reason} />
              </Provider>
            ))}
            <Provider name="A server of your own" models="Ollama, vLLM and whatever else speaks OpenAI’s API">
              <ToSet line="OPENAI_COMPATIBLE_BASE_URL=http://127.0.0.1:11434/v1" why={undefined} />
              <ToSet line="PURSER_MODEL=openai-compatible/llama-4" why={undefined} />
            </Provider>
          </ul>
        </Card>
        <p className="mt-3 text-muted">
          Set these in the environment or in a <code className="font-mono text-sm">.env</code> file and
          restart Purser. Keys are never typed here, and never shown.
        </p>
      </Section>
    </>
  );
}

const providerNames: Record<string, string> = { anthropic: 'Anthropic', openai: 'OpenAI', google: 'Google' };

function byProvider(models: readonly ModelInfo[]): [string, ModelInfo[]][] {
  return Object.entries(Object.groupBy(models, ({ provider }) => provider)).map(([provider, own]) => [
    provider,
    own ?? [],
  ]);
}

function Provider({ name, models, children }: { name: string; models: string; children: ReactNode }) {
  return (
    <li className="px-4 py-3">
      <p className="font-medium">{name}</p>
      <p className="text-muted">{models}</p>
      {children}
    </li>
  );
}

/** A line for the settings, to be copied; in words where it is no line. */
function ToSet({ line, why }: { line: string; why: string | undefined }) {
  if (line.startsWith('=')) return <p className="mt-1.5 text-muted">{why ?? 'Not available.'}</p>;
  return (
    <p className="mt-1.5 flex items-center gap-1">
      <code className="min-w-0 rounded border border-line bg-sunken px-1.5 py-0.5 font-mono text-xs [overflow-wrap:anywhere]">
        {line}
      </code>
      <CopyButton text={line.replace('…', '')} label={`Copy ${line}`} />
    </p>
  );
}
