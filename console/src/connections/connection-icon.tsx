import { Cable, CreditCard } from 'lucide-react';

export function ConnectionIcon({ type }: { type: string }) {
  const Icon = type === 'stripe' ? CreditCard : Cable;
  return (
    <span
      aria-hidden="true"
      className="flex size-9 shrink-0 items-center justify-center rounded-lg bg-accent-soft text-accent"
    >
      <Icon size={18} />
    </span>
  );
}
