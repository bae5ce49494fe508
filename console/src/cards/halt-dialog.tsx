import type { Halt } from '@purser/server/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { OctagonX } from 'lucide-react';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { agentsQuery, connectionsQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { SelectField, TextField } from '../ui/field.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';

/** What is to stand still: `all`, or `agent:` or `connection:` with an id. */
export type HaltTarget = 'all' | `agent:${string}` | `connection:${string}`;

interface HaltDialogProps {
  target: HaltTarget;
  open: boolean;
  onOpenChange(open: boolean): void;
}

/** The kill switch. It asks for a reason, for whoever finds everything at a standstill. */
export function HaltDialog({ target, open, onOpenChange }: HaltDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Halt"
      description="Running turns stop and nothing more is written, charged or sent, until an owner resumes it. What was sent to Stripe already is seen through."
    >
      <HaltForm target={target} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function HaltForm({ target, onDone }: { target: HaltTarget; onDone(): void }) {
  const agents = useQuery(agentsQuery()).data ?? [];
  const connections = useQuery(connectionsQuery()).data ?? [];
  const [chosen, setChosen] = useState<string>(target);
  const [reason, setReason] = useState('');
  const cache = useQueryClient();
  const halt = useMutation<Halt, ApiProblem>({
    mutationFn: () => api.halt({ ...scopeOf(chosen), reason: reason.trim() }),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ['halts'] });
      onDone();
    },
  });
  const name = [...agents, ...connections].find(({ id }) => chosen.endsWith(`:${id}`))?.name;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (reason.trim()) halt.mutate();
      }}
      className="space-y-4"
    >
      <SelectField label="What" value={chosen} onChange={(event) => setChosen(event.target.value)}>
        <option value="all">Everything: all agents, all accounts</option>
        <optgroup label="One agent">
          {agents.map((agent) => (
            <option key={agent.id} value={`agent:${agent.id}`}>
              {agent.name}
            </option>
          ))}
        </optgroup>
        <optgroup label="One account">
          {connections.map((connection) => (
            <option key={connection.id} value={`connection:${connection.id}`}>
              {connection.name} ({connection.mode})
            </option>
          ))}
        </optgroup>
      </SelectField>
      <TextField
        label="Why"
        hint="Everybody sees it while it lasts, and it stays in the audit log."
        value={reason}
        maxLength={500}
        required
        error={halt.error?.field('reason')}
        onChange={(event) => setReason(event.target.value)}
      />
      {halt.error && !halt.error.field('reason') ? <ProblemNotice error={halt.error} /> : null}
      <DialogActions>
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" tone="danger" busy={halt.isPending} disabled={reason.trim() === ''}>
          Halt {chosen === 'all' ? 'everything' : (name ?? 'it')}
        </Button>
      </DialogActions>
    </form>
  );
}

function scopeOf(target: string): Pick<Halt, 'scope' | 'subject'> {
  const [scope, subject = ''] = target.split(':');
  return scope === 'agent' || scope === 'connection' ? { scope, subject } : { scope: 'all', subject: '' };
}

/** A button with its dialog. Whoever may approve may halt. */
export function HaltButton({ target, children }: { target: HaltTarget; children: string }) {
  const { approve } = usePermissions();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button disabled={!approve} onClick={() => setOpen(true)}>
        <OctagonX size={14} aria-hidden="true" className="text-danger" />
        {children}
      </Button>
      <HaltDialog target={target} open={open} onOpenChange={setOpen} />
    </>
  );
}
