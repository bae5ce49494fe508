import type { Account } from '../account.ts';
import { derivedText } from '../ids.ts';

/** The Connect application of a platform, by which what it does on connected accounts is marked. */
export function applicationOf(platform: Account): string {
  return `ca_${derivedText(`the application of ${platform.id}`, 24)}`;
}

/** The application that acts on an account: its platform's; null for an account of its own. */
export function actingApplication(account: Account): string | null {
  return account.platform ? applicationOf(account.platform) : null;
}
