import type { Agent, AgentConnection, AgentTool, Policy, Preset } from '@purser/server/api';
import { replaceEqualDeep, useMutation, useQueryClient } from '@tanstack/react-query';
import { useBlocker } from '@tanstack/react-router';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { AccountTag } from '../cards/mode-tag.tsx';
import { usePermissions } from '../session.ts';
import { Button } from '../ui/button.tsx';
import { SelectField } from '../ui/field.tsx';
import { ListEditor } from '../ui/list-editor.tsx';
import { Card, Page, Section } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { toast } from '../ui/toast.tsx';
import { useHotkeys } from '../ui/use-hotkeys.ts';
import { ApprovalTerms } from './approval-terms.tsx';
import { BudgetEditor } from './budget-editor.tsx';
import { EffectTable } from './effect-table.tsx';
import { placeOf, type Rule, tidied } from './policy-words.ts';
import { RuleEditor } from './rule-editor.tsx';
import { ToolDecisions } from './tool-decisions.tsx';
import { TryPolicy } from './try-policy.tsx';

interface PolicyEditorProps {
  agent: Agent;
  attached: AgentConnection;
  tools: readonly AgentTool[];
  presets: readonly Preset[];
}

interface Draft {
  preset: string;
  policy: Policy;
}

const freshRule = (): Rule => ({ decision: 'ask' });

export function PolicyEditor({ agent, attached, tools, presets }: PolicyEditorProps) {
  const { own } = usePermissions();
  const saved: Draft = { preset: attached.preset, policy: attached.policy };
  const [draft, setDraft] = useState(saved);
  const [triedRule, setTriedRule] = useState<number | null>(null);
  // A list that is replaced from outside gets new rows.
  const [generation, setGeneration] = useState(0);
  // What is equal comes back as the first, whatever the order of its fields.
  const changed = replaceEqualDeep(saved, draft) !== saved;
  const save = useSave(agent.id, attached.connectionId, setDraft);
  const disabled = !own;
  const { policy } = draft;
  const currency = attached.account.defaultCurrency ?? 'usd';
  const set = (change: Partial<Policy>) => {
    setTriedRule(null);
    setDraft({ ...draft, policy: { ...policy, ...change } });
  };
  const replace = (next: Draft) => {
    setTriedRule(null);
    setDraft(next);
    setGeneration(generation + 1);
  };
  const submit = () => {
    if (changed && own && !save.isPending) save.mutate(draft);
  };
  useBlocker({
    shouldBlockFn: () => !window.confirm('The changed policy is not saved. Leave and lose it?'),
    disabled: !changed || save.isPending,
    enableBeforeUnload: changed,
  });
  useHotkeys({ 'mod+s': submit });
  return (
    <Page
      title={`What ${agent.name} may do`}
      lead={<AccountTag mode={attached.mode} account={attached.account} />}
      back={{ to: `/agents/${agent.id}/connections`, label: agent.name }}
      actions={
        <>
          {changed ? (
            <Button tone="quiet" onClick={() => replace(saved)}>
              Discard
            </Button>
          ) : null}
          <Button
            tone={attached.mode === 'live' ? 'live' : 'primary'}
            busy={save.isPending}
            disabled={!changed || disabled}
            onClick={submit}
          >
            Save policy
          </Button>
        </>
      }
    >
      {own ? null : (
        <p className="mb-4 text-muted">Only an owner can change this. You can read and try it.</p>
      )}
      {save.error ? <SaveProblem error={save.error} /> : null}
      <div className="gap-8 lg:grid lg:grid-cols-[minmax(0,1fr)_18rem]">
        <div key={generation} className="min-w-0">
          <Section title="Kind of work">
            <PresetField {...{ draft, presets, disabled }} onChange={replace} />
          </Section>
          <Section title="Rules">
            <p className="mb-2.5 text-muted">
              The first that fits decides. Where none does, what is below does.
            </p>
            <ListEditor<Rule>
              of="rule"
              ordered
              max={50}
              items={policy.rules ?? []}
              disabled={disabled}
              fresh={freshRule}
              onChange={(rules) => set({ rules })}
            >
              {(rule, setRule, index) => (
                <RuleEditor
                  {...{ rule, tools, currency, disabled }}
                  number={index + 1}
                  timeZone={attached.account.timeZone ?? 'UTC'}
                  decided={triedRule === index}
                  onChange={setRule}
                />
              )}
            </ListEditor>
          </Section>
          <Section title="By what it does">
            <Card>
              <EffectTable mode={attached.mode} policy={policy} disabled={disabled} onChange={set} />
            </Card>
          </Section>
          <Section title="By tool">
            <ToolDecisions
              tools={tools}
              decisions={policy.tools ?? {}}
              disabled={disabled}
              onChange={(decisions) => set({ tools: decisions })}
            />
          </Section>
          <Section title="Budgets">
            <p className="mb-2.5 text-muted">
              How much and how often in a day. What fails does not count; what waits does.
            </p>
            <ListEditor
              of="budget"
              max={20}
              items={policy.budgets ?? []}
              disabled={disabled}
              fresh={() => ({ per: 'agent' as const, over: 'ask' as const })}
              onChange={(budgets) => set({ budgets })}
            >
              {(budget, setBudget) => (
                <BudgetEditor {...{ budget, currency, disabled }} onChange={setBudget} />
              )}
            </ListEditor>
          </Section>
          <Section title="Approvals">
            <ApprovalTerms
              terms={policy.approval ?? {}}
              currency={currency}
              disabled={disabled}
              onChange={(approval) => set({ approval })}
            />
          </Section>
        </div>
        <aside aria-label="Try it" className="max-lg:mt-8 lg:sticky lg:top-4 lg:self-start">
          <TryPolicy
            {...{ tools, policy, currency }}
            agentId={agent.id}
            connectionId={attached.connectionId}
            onTried={({ rule }) => setTriedRule(rule)}
          />
        </aside>
      </div>
    </Page>
  );
}

function useSave(agentId: string, connectionId: string, onSaved: (draft: Draft) => void) {
  const cache = useQueryClient();
  return useMutation<Agent, ApiProblem, Draft>({
    mutationFn: ({ preset, policy }) => api.attach(agentId, connectionId, { preset, policy: tidied(policy) }),
    onSuccess: (agent) => {
      cache.setQueryData(['agents', 'one', agentId], agent);
      const saved = agent.connections.find((each) => each.connectionId === connectionId);
      if (saved) onSaved({ preset: saved.preset, policy: saved.policy });
      void cache.invalidateQueries({ queryKey: ['agents'] });
      toast('Policy saved');
    },
  });
}

interface PresetFieldProps {
  draft: Draft;
  presets: readonly Preset[];
  disabled: boolean;
  onChange(draft: Draft): void;
}

/** Another kind of work brings its policy along: it is seen before it is saved. */
function PresetField({ draft, presets, disabled, onChange }: PresetFieldProps) {
  const chosen = presets.find(({ name }) => name === draft.preset);
  return (
    <SelectField
      label="Kind of work"
      hideLabel
      value={draft.preset}
      disabled={disabled}
      hint={chosen ? `${chosen.description} Choosing another one replaces the policy below.` : undefined}
      onChange={(event) => {
        const preset = presets.find(({ name }) => name === event.target.value);
        if (preset) onChange({ preset: preset.name, policy: preset.policy as Policy });
      }}
    >
      {chosen ? null : <option value={draft.preset}>{draft.preset}</option>}
      {presets.map(({ name, label }) => (
        <option key={name} value={name}>
          {label}
        </option>
      ))}
    </SelectField>
  );
}

function SaveProblem({ error }: { error: ApiProblem }) {
  return (
    <div className="mb-4">
      <ProblemNotice error={error}>
        <ul className="mt-1 space-y-0.5">
          {error.errors.map(({ path, message }) => (
            <li key={path}>
              {placeOf(path)}: {message}
            </li>
          ))}
        </ul>
      </ProblemNotice>
    </div>
  );
}
