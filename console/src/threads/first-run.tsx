import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Check, X } from 'lucide-react';
import { useState } from 'react';
import { agentsQuery, connectionsQuery, modelsQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { IconButton } from '../ui/button.tsx';
import { cx } from '../ui/class-names.ts';

const dismissedKey = 'purser.first-run-dismissed';
/** The agent that is there from the start. */
const demoAgentName = 'Stripe Sleuth';

/** Three steps from the demo to one's own Purser, for who may take them; gone when they are done or waved away. */
export function FirstRun() {
  const agents = useQuery(agentsQuery()).data;
  const connections = useQuery(connectionsQuery()).data;
  const models = useQuery(modelsQuery()).data;
  const [dismissed, setDismissed] = useState(() => localStorage.getItem(dismissedKey) !== null);
  const { own } = usePermissions();
  if (!own || dismissed || !agents || !connections || !models) return null;
  const steps = [
    {
      done: agents.some((agent) => agent.name !== demoAgentName),
      to: '/agents?new=true',
      title: 'Make your own agent',
      hint: 'A name is enough to begin.',
    },
    {
      done: connections.some((connection) => !connection.demo),
      to: '/connections/new/stripe',
      title: 'Connect your Stripe account',
      hint: 'A test key works. It is encrypted and never shown again.',
    },
    {
      done: models.some((model) => model.available && model.provider !== 'builtin'),
      to: '/settings/models',
      title: 'Add your own model',
      hint: 'The built-in one works offline and reads plain requests.',
    },
  ];
  if (steps.every((step) => step.done)) return null;
  const dismiss = () => {
    localStorage.setItem(dismissedKey, new Date().toISOString());
    setDismissed(true);
  };
  return (
    <section aria-labelledby="first-run" className="rounded-lg border border-line bg-canvas p-4">
      <div className="mb-2 flex items-start justify-between gap-2">
        <div>
          <h2 id="first-run" className="font-semibold">
            From the demo to your business
          </h2>
          <p className="text-muted">
            Stripe Sleuth works on a demo account. Nothing there is real, so try anything.
          </p>
        </div>
        <IconButton label="Dismiss these steps" onClick={dismiss} className="-me-1.5 -mt-1.5">
          <X size={15} aria-hidden="true" />
        </IconButton>
      </div>
      <ol className="space-y-0.5">
        {steps.map((step, index) => (
          <Step key={step.to} step={step} number={index + 1} />
        ))}
      </ol>
    </section>
  );
}

interface StepProps {
  step: { done: boolean; to: string; title: string; hint: string };
  number: number;
}

function Step({ step, number }: StepProps) {
  return (
    <li>
      <Link to={step.to} className="-mx-2 flex items-center gap-3 rounded-md px-2 py-1.5 hover:bg-hover">
        <span
          className={cx(
            'inline-flex size-6 shrink-0 items-center justify-center rounded-full border text-xs font-semibold',
            step.done
              ? 'border-transparent bg-good-soft text-good'
              : 'border-line-strong bg-surface text-muted',
          )}
        >
          {step.done ? <Check size={13} aria-label="Done" /> : number}
        </span>
        <span className="min-w-0">
          <span className={cx('block font-medium', step.done && 'text-muted line-through')}>
            {step.title}
          </span>
          {step.done ? null : <span className="block text-muted">{step.hint}</span>}
        </span>
      </Link>
    </li>
  );
}
