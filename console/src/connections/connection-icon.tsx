import {
  BookOpen,
  Cable,
  Contact,
  CreditCard,
  GitPullRequest,
  type LucideIcon,
  MessagesSquare,
  SquareTerminal,
  Webhook,
} from 'lucide-react';

const icons: Record<string, LucideIcon> = {
  stripe: CreditCard,
  slack: MessagesSquare,
  github: GitPullRequest,
  hubspot: Contact,
  accounting: BookOpen,
  webhook: Webhook,
  mcp: SquareTerminal,
};

export function ConnectionIcon({ type }: { type: string }) {
  const Icon = icons[type] ?? Cable;
  return (
    <span
      aria-hidden="true"
      className="flex size-9 shrink-0 items-center justify-center rounded-lg bg-accent-soft text-accent"
    >
      <Icon size={18} />
    </span>
  );
}
