import { TabLinks } from '../ui/tab-links.tsx';

/** What works while nobody is looking: each kind is a place. */
export function AutomationTabs() {
  return (
    <TabLinks
      label="Automations"
      tabs={[
        { to: '/automations', label: 'Tasks' },
        { to: '/playbooks', label: 'Playbooks' },
        { to: '/orders', label: 'Orders' },
      ]}
    />
  );
}
