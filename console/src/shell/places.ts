import {
  Cable,
  CalendarClock,
  ChartColumn,
  Contact,
  Inbox,
  type LucideIcon,
  Mails,
  MessagesSquare,
  ScrollText,
  Settings,
  Users,
} from 'lucide-react';

/** The places of the console, in the order of the sidebar. `key` follows `g`. */
export interface Place {
  to: string;
  label: string;
  icon: LucideIcon;
  key: string;
}

export const places: readonly Place[] = [
  { to: '/threads', label: 'Threads', icon: MessagesSquare, key: 't' },
  { to: '/inbox', label: 'Inbox', icon: Inbox, key: 'i' },
  { to: '/agents', label: 'Agents', icon: Users, key: 'a' },
  { to: '/connections', label: 'Connections', icon: Cable, key: 'c' },
  { to: '/operations', label: 'Operations', icon: ScrollText, key: 'o' },
  { to: '/automations', label: 'Automations', icon: CalendarClock, key: 'u' },
  { to: '/reports', label: 'Reports', icon: ChartColumn, key: 'r' },
  { to: '/customers', label: 'Customers', icon: Contact, key: 'p' },
  { to: '/outbox', label: 'Outbox', icon: Mails, key: 'm' },
  { to: '/settings', label: 'Settings', icon: Settings, key: 's' },
];

export const reportPlaces = [
  { to: '/reports', label: 'Revenue' },
  { to: '/reports/mrr', label: 'Recurring revenue' },
  { to: '/reports/failed-payments', label: 'Failed payments' },
  { to: '/reports/disputes', label: 'Disputes' },
  { to: '/reports/tax', label: 'Tax' },
];
