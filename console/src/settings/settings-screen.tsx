import { useParams } from '@tanstack/react-router';
import { Page } from '../ui/page.tsx';
import { TabLinks } from '../ui/tab-links.tsx';
import { General } from './general.tsx';
import { Models } from './models.tsx';
import { Tokens } from './tokens.tsx';

const tabs = [
  { to: '/settings', label: 'General' },
  { to: '/settings/models', label: 'Models' },
  { to: '/settings/tokens', label: 'API tokens' },
];

export function SettingsScreen() {
  const { tab } = useParams({ from: '/signed-in/settings/{-$tab}' });
  return (
    <Page title="Settings" width="reading">
      <TabLinks label="Settings" tabs={tabs} />
      {tab === 'models' ? <Models /> : tab === 'tokens' ? <Tokens /> : <General />}
    </Page>
  );
}
