/** What is wrong with settings can be said from them alone. */
import type { Config } from '@purser/server/local';
import { type Finding, isLoopback } from './finding.ts';

export function checkNode(version: string): Finding {
  const major = Number(version.split('.')[0]);
  const says = `version ${version}`;
  if (major >= 24) return { what: 'Node', state: 'ok', says };
  const fix = 'Start Purser by npm start or npx purser, which bring Node 24.';
  return { what: 'Node', state: 'bad', says, fix };
}

/** Names that look like ours and are none: a misspelt setting is silently the default. */
export function checkNames(unknown: readonly { name: string; meant: string | null }[]): Finding[] {
  return unknown.map(({ name, meant }) => ({
    what: 'Setting',
    state: 'warn',
    says: `${name} is none that Purser knows`,
    fix: meant ? `Perhaps ${meant} is meant.` : 'docs/settings.md lists them.',
  }));
}

/** How people reach it: what they send must not be readable on the way. */
export function checkAddress({ host, publicUrl }: Config): Finding {
  const what = 'Address';
  const url = publicUrl === undefined ? null : new URL(publicUrl);
  if (url && url.pathname !== '/') {
    const fix = 'Give PURSER_PUBLIC_URL without a path: Purser wants a host name of its own.';
    return { what, state: 'bad', says: `PURSER_PUBLIC_URL has the path ${url.pathname}`, fix };
  }
  if (url && url.protocol === 'http:' && !isLoopback(url.hostname)) {
    const fix = 'Put a proxy with a certificate in front and give its https address.';
    return {
      what,
      state: 'warn',
      says: `${publicUrl} is not encrypted: sessions can be read on the way`,
      fix,
    };
  }
  if (!isLoopback(host) && !url) {
    const fix = 'Set PURSER_PUBLIC_URL to the https address people use, or PURSER_HOST back to 127.0.0.1.';
    return { what, state: 'warn', says: `listens on ${host}, and nothing says how people get there`, fix };
  }
  return { what, state: 'ok', says: publicUrl ?? `only this machine (${host})` };
}

export function checkModels({ providers, model }: Config): Finding[] {
  const keys: [string, string, string | undefined, string][] = [
    ['Anthropic', 'anthropic', providers.anthropic?.apiKey, 'ANTHROPIC_API_KEY'],
    ['OpenAI', 'openai', providers.openai?.apiKey, 'OPENAI_API_KEY'],
    ['Google', 'google', providers.google?.apiKey, 'GOOGLE_GENERATIVE_AI_API_KEY'],
    [
      'OpenAI-compatible',
      'openai-compatible',
      providers.openaiCompatible?.baseUrl,
      'OPENAI_COMPATIBLE_BASE_URL',
    ],
  ];
  const findings = keys.map(([name, , value, variable]): Finding => {
    const what = `Model: ${name}`;
    return value
      ? { what, state: 'ok', says: `${variable} is set` }
      : { what, state: 'off', says: `set ${variable}` };
  });
  const chosen = model ?? (findings.some(({ state }) => state === 'ok') ? 'best available' : 'builtin');
  const lacking = keys.find(([, id, value]) => model?.startsWith(`${id}/`) && !value);
  const standard: Finding = lacking
    ? {
        what: 'Model: default',
        state: 'bad',
        says: `${model} needs a key that is not set`,
        fix: `Set ${lacking[3]}, or PURSER_MODEL=builtin.`,
      }
    : { what: 'Model: default', state: 'ok', says: chosen };
  return [standard, ...findings];
}

export function checkMail({ mail }: Config, mailFrom: string | undefined): Finding {
  if (mail) return { what: 'Mail', state: 'ok', says: `from ${mail.from}` };
  if (mailFrom)
    return {
      what: 'Mail',
      state: 'warn',
      says: 'MAIL_FROM is set, but not SMTP_URL: nothing is sent',
      fix: 'Set SMTP_URL, or unset MAIL_FROM.',
    };
  return { what: 'Mail', state: 'off', says: 'kept in the outbox; set SMTP_URL and MAIL_FROM to send it' };
}

/** A password and customers' data go over this line. */
export function checkDatabaseLine({ databaseUrl }: Config): Finding[] {
  if (databaseUrl === undefined) return [];
  const { hostname, searchParams } = new URL(databaseUrl);
  const mode = searchParams.get('sslmode');
  if (isLoopback(hostname) || hostname === '' || (mode !== null && mode !== 'disable')) return [];
  return [
    {
      what: 'Database line',
      state: 'warn',
      says: `the connection to ${hostname} is not encrypted`,
      fix: 'Add ?sslmode=verify-full to DATABASE_URL.',
    },
  ];
}
