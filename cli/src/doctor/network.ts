/** What answers on the network. */
import { connect } from 'node:net';
import type { Config } from '@purser/server/local';
import type { Finding } from './finding.ts';

const waitMs = 3_000;

/** Why no connection comes about; null when one does. */
function unreachable(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: waitMs });
    const end = (why: string | null) => {
      socket.destroy();
      resolve(why);
    };
    socket.once('connect', () => end(null));
    socket.once('timeout', () => end('it does not answer'));
    socket.once('error', (error) => end(error.message));
  });
}

const standardPorts: Record<string, number> = { 'http:': 80, 'https:': 443, 'smtp:': 587, 'smtps:': 465 };

async function checkReach(what: string, url: string, fix: string): Promise<Finding[]> {
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const why = await unreachable(host, Number(port) || (standardPorts[protocol] ?? 443));
  return why === null ? [] : [{ what, state: 'bad', says: `${hostname} cannot be reached: ${why}`, fix }];
}

/** Servers of the settings that are not there. */
export async function checkReachable(config: Config): Promise<Finding[]> {
  const { mail, providers, traces, auditAnchor } = config;
  const compatible = providers.openaiCompatible?.baseUrl;
  const anchor = auditAnchor && 'url' in auditAnchor ? auditAnchor.url : undefined;
  const checks = await Promise.all([
    mail ? checkReach('Mail server', mail.smtpUrl, 'Check SMTP_URL, and whether a firewall is between.') : [],
    compatible
      ? checkReach('Model server', compatible, 'Start it, or check OPENAI_COMPATIBLE_BASE_URL.')
      : [],
    traces ? checkReach('Trace collector', traces.endpoint, 'Check OTEL_EXPORTER_OTLP_ENDPOINT.') : [],
    anchor ? checkReach('Audit anchor', anchor, 'Check PURSER_AUDIT_ANCHOR.') : [],
  ]);
  return checks.flat();
}

export async function checkSandbox(config: Config): Promise<Finding> {
  const what = 'Stripe sandbox';
  const { port } = config.sandbox;
  if (port === 0) return { what, state: 'off', says: 'turned off (PURSER_SANDBOX_PORT=0)' };
  const url = `http://127.0.0.1:${port}`;
  try {
    // Stripe's own shape of a 401 tells that it is a sandbox and not just anything.
    const answer = await fetch(`${url}/v1/balance`, { signal: AbortSignal.timeout(waitMs) });
    const body = await answer.text();
    if (answer.status === 401 && body.includes('"error"'))
      return { what, state: 'ok', says: `answers at ${url}` };
    return { what, state: 'bad', says: `another program has port ${port}`, fix: 'Set PURSER_SANDBOX_PORT.' };
  } catch {
    return { what, state: 'ok', says: `not running; port ${port} is free` };
  }
}
