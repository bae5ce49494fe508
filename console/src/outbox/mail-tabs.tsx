import { TabLinks } from '../ui/tab-links.tsx';

/** Mail that was written, and who may be written to unasked. */
export function MailTabs() {
  return (
    <TabLinks
      label="Mail"
      tabs={[
        { to: '/outbox', label: 'Outbox' },
        { to: '/consents', label: 'Consent' },
      ]}
    />
  );
}
