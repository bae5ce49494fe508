import type { Agent } from '@purser/server/api';
import { useBlocker } from '@tanstack/react-router';
import { useState } from 'react';
import { usePermissions } from '../session.ts';
import { Button } from '../ui/button.tsx';
import { TextArea } from '../ui/field.tsx';
import { Markdown } from '../ui/markdown.tsx';
import { Card } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { useHotkeys } from '../ui/use-hotkeys.ts';
import { useSaveAgent } from './agent-overview.tsx';

const longestInstructions = 50_000;
type View = 'write' | 'preview';
const views = [
  { value: 'write', label: 'Write' },
  { value: 'preview', label: 'Preview' },
] as const;

const example = `## Business
We sell project software. Plans: Starter $9.99 and Pro $29.99 a month.

## Rules
- Refund within 30 days without asking why.
- Always answer with the customer's e-mail and the amount.`;

/** What the agent is told before every turn; used from the next turn on. */
export function AgentInstructions({ agent }: { agent: Agent }) {
  const { write } = usePermissions();
  const [text, setText] = useState(agent.instructions);
  const [view, setView] = useState<View>('write');
  const save = useSaveAgent(agent);
  const changed = text !== agent.instructions;
  useBlocker({
    shouldBlockFn: () => !window.confirm('The changed instructions are not saved. Leave and lose them?'),
    disabled: !changed || save.isPending,
    enableBeforeUnload: changed,
  });
  const submit = () => {
    if (changed && write && !save.isPending) save.mutate({ instructions: text });
  };
  useHotkeys({ 'mod+s': submit });
  return (
    <div className="max-w-3xl">
      <div className="mb-3 flex flex-wrap items-center gap-3">
        <Segmented<View> label="View" value={view} options={views} onChange={setView} />
        <span role="status" className="text-muted">
          {changed ? 'Not saved yet' : ''}
        </span>
        <div className="ms-auto flex gap-2">
          {changed ? (
            <Button tone="quiet" onClick={() => setText(agent.instructions)}>
              Discard
            </Button>
          ) : null}
          <Button tone="primary" busy={save.isPending} disabled={!changed || !write} onClick={submit}>
            Save instructions
          </Button>
        </div>
      </div>
      {save.error ? (
        <div className="mb-3">
          <ProblemNotice error={save.error} />
        </div>
      ) : null}
      {view === 'write' ? (
        <TextArea
          label="Instructions"
          hideLabel
          dir="auto"
          mono
          hint="Markdown: products, prices, rules of conduct. Used from the next turn on. Never put keys or card numbers here."
          placeholder={example}
          value={text}
          maxLength={longestInstructions}
          disabled={!write}
          onChange={(event) => setText(event.target.value)}
          className="min-h-[50dvh]"
        />
      ) : (
        <Card className="min-h-[50dvh] px-5 py-4">
          {text.trim() ? <Markdown text={text} /> : <p className="text-muted">No instructions yet.</p>}
        </Card>
      )}
    </div>
  );
}
