import type { Agent } from '@purser/server/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type AgentChanges, type ApiProblem, api } from '../api.ts';
import { aboutQuery, modelsQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { Button } from '../ui/button.tsx';
import { TextArea, TextField } from '../ui/field.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { toast } from '../ui/toast.tsx';
import { ModelField } from './model-field.tsx';

/** Saves changes to an agent and puts the answer where it is shown. */
export function useSaveAgent(agent: Agent) {
  const cache = useQueryClient();
  return useMutation<Agent, ApiProblem, AgentChanges>({
    mutationFn: (changes) => api.updateAgent(agent.id, changes),
    onSuccess: (saved) => {
      cache.setQueryData(['agents', 'one', agent.id], saved);
      void cache.invalidateQueries({ queryKey: ['agents', 'list'] });
      toast('Saved');
    },
  });
}

export function AgentOverview({ agent }: { agent: Agent }) {
  const { write } = usePermissions();
  const [name, setName] = useState(agent.name);
  const [description, setDescription] = useState(agent.description);
  const [model, setModel] = useState(agent.model);
  const models = useQuery(modelsQuery()).data;
  const about = useQuery(aboutQuery()).data;
  const save = useSaveAgent(agent);
  const changed = name.trim() !== agent.name || description !== agent.description || model !== agent.model;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (changed) save.mutate({ name: name.trim(), description, model });
  };
  const discard = () => {
    setName(agent.name);
    setDescription(agent.description);
    setModel(agent.model);
  };
  return (
    <form onSubmit={submit} className="max-w-xl space-y-5">
      <TextField
        label="Name"
        dir="auto"
        value={name}
        maxLength={80}
        disabled={!write}
        error={save.error?.field('name')}
        onChange={(event) => setName(event.target.value)}
      />
      <TextArea
        label="Description"
        dir="auto"
        hint="For the people who choose whom to ask. The agent does not read it."
        value={description}
        maxLength={500}
        disabled={!write}
        error={save.error?.field('description')}
        onChange={(event) => setDescription(event.target.value)}
      />
      <ModelField
        value={model}
        models={models}
        defaultModel={about?.defaultModel}
        disabled={!write}
        onChange={setModel}
      />
      {save.error && save.error.errors.length === 0 ? <ProblemNotice error={save.error} /> : null}
      <div className="flex items-center gap-2">
        <Button
          type="submit"
          tone="primary"
          busy={save.isPending}
          disabled={!write || !changed || name.trim() === ''}
        >
          Save changes
        </Button>
        {changed ? (
          <Button tone="quiet" onClick={discard}>
            Discard
          </Button>
        ) : null}
      </div>
    </form>
  );
}
