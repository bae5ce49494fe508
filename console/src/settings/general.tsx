import type { About } from '@purser/server/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Monitor, Moon, Sun } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { api } from '../api.ts';
import { aboutQuery } from '../queries.ts';
import { useSession } from '../session.ts';
import { Button } from '../ui/button.tsx';
import { CopyId } from '../ui/copy-button.tsx';
import { Card, Facts, Section } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { savedTheme, saveTheme, type Theme } from '../ui/theme.ts';
import { Notices } from './notices.tsx';

const themes = [
  { value: 'system', label: <ThemeLabel icon={<Monitor size={14} />} words="System" /> },
  { value: 'light', label: <ThemeLabel icon={<Sun size={14} />} words="Light" /> },
  { value: 'dark', label: <ThemeLabel icon={<Moon size={14} />} words="Dark" /> },
] as const;

function ThemeLabel({ icon, words }: { icon: ReactNode; words: string }) {
  return (
    <>
      <span aria-hidden="true">{icon}</span>
      {words}
    </>
  );
}

export function General() {
  const [theme, setTheme] = useState<Theme>(savedTheme);
  const about = useQuery(aboutQuery());
  const choose = (wanted: Theme) => {
    saveTheme(wanted);
    setTheme(wanted);
  };
  return (
    <>
      <Section title="Appearance">
        <Segmented label="Theme" value={theme} options={themes} onChange={choose} />
      </Section>
      <Section title="You">
        <You />
      </Section>
      <Notices />
      <Section title="About">
        {about.error ? <ProblemNotice error={about.error} onRetry={() => void about.refetch()} /> : null}
        {about.isPending ? <SkeletonRows label="Loading" count={3} /> : null}
        {about.data ? (
          <Card>
            <Facts rows={aboutFacts(about.data)} />
          </Card>
        ) : null}
      </Section>
    </>
  );
}

function You() {
  const session = useSession();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const signOut = useMutation({
    mutationFn: api.signOut,
    onSuccess: async () => {
      await navigate({ to: '/sign-in' });
      // All but what the door itself shows: that is nobody's.
      cache.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'sign-in' });
    },
  });
  if (!session) return <SkeletonRows label="Loading" count={1} />;
  return (
    <Card>
      <div className="flex flex-wrap items-center gap-3 px-4 py-3">
        <div className="min-w-0 flex-1">
          <p dir="auto" className="truncate font-medium">
            {session.user.name}
          </p>
          <p className="truncate text-muted">
            {session.user.email} · <span className="capitalize">{session.role}</span>
          </p>
        </div>
        <Button busy={signOut.isPending} onClick={() => signOut.mutate()}>
          Sign out
        </Button>
      </div>
      {signOut.error ? <ProblemNotice error={signOut.error} /> : null}
    </Card>
  );
}

function aboutFacts(about: About) {
  return [
    { label: 'Version', value: about.version },
    {
      label: 'Database',
      value: about.database === 'embedded' ? 'Embedded PostgreSQL' : 'External PostgreSQL',
    },
    { label: 'Default model', value: about.defaultModel },
    { label: 'Public address', value: about.publicUrl ?? 'None: only reachable on this machine' },
    // Only owners are told where it is: whoever knows its key may write there.
    ...(about.sandbox
      ? [
          { label: 'Stripe sandbox', value: <CopyId id={about.sandbox.url} /> },
          { label: 'Demo key', value: <CopyId id={about.sandbox.demoKey} /> },
        ]
      : []),
  ];
}
