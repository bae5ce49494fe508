import { useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Page } from '../ui/page.tsx';
import { TabLinks } from '../ui/tab-links.tsx';
import { Audit } from './audit.tsx';
import { ConnectedApps } from './connected-apps.tsx';
import { General } from './general.tsx';
import { Models } from './models.tsx';
import { People } from './people.tsx';
import { Privacy } from './privacy.tsx';
import { SignInMethods } from './sign-in-methods.tsx';
import { Tokens } from './tokens.tsx';

const tabs = [
  { to: '/settings', label: 'General' },
  { to: '/settings/security', label: 'Sign-in' },
  { to: '/settings/people', label: 'People' },
  { to: '/settings/models', label: 'Models' },
  { to: '/settings/tokens', label: 'API tokens' },
  { to: '/settings/apps', label: 'Connected apps' },
  { to: '/settings/audit', label: 'Audit' },
  { to: '/settings/privacy', label: 'Privacy' },
];

const screens: Record<string, ReactNode> = {
  security: <SignInMethods />,
  people: <People />,
  models: <Models />,
  tokens: <Tokens />,
  apps: <ConnectedApps />,
  audit: <Audit />,
  privacy: <Privacy />,
};

export function SettingsScreen() {
  const { tab } = useParams({ from: '/signed-in/settings/{-$tab}' });
  return (
    <Page title="Settings" width="reading">
      <TabLinks label="Settings" tabs={tabs} />
      {screens[tab ?? ''] ?? <General />}
    </Page>
  );
}
