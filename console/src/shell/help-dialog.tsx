import { Dialog } from '../ui/dialog.tsx';
import { Kbd, modKey } from '../ui/kbd.tsx';
import { places } from './places.ts';

const general: [string, string][] = [
  [`${modKey} K`, 'Open everything'],
  ['C', 'New thread'],
  ['/', 'Search this list'],
  ['?', 'These shortcuts'],
  ['Esc', 'Back out'],
];
const inbox: [string, string][] = [
  ['J / K', 'Next, previous'],
  ['A', 'Go to approve; Enter confirms'],
  ['D or R', 'Reject with a reason'],
];
const writing: [string, string][] = [
  ['Enter', 'Send'],
  ['Shift Enter', 'New line'],
  ['↑', 'Edit your last message, from an empty composer'],
];

export function HelpDialog({ open, onOpenChange }: { open: boolean; onOpenChange(open: boolean): void }) {
  const go = places.map((place): [string, string] => [`G then ${place.key.toUpperCase()}`, place.label]);
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keyboard" wide>
      <div className="grid gap-x-8 gap-y-5 sm:grid-cols-2">
        <Keys title="Anywhere" keys={general} />
        <Keys title="Go to" keys={go} />
        <Keys title="In a thread" keys={writing} />
        <Keys title="In the inbox" keys={inbox} />
      </div>
    </Dialog>
  );
}

function Keys({ title, keys }: { title: string; keys: [string, string][] }) {
  return (
    <section>
      <h3 className="mb-1.5 font-medium">{title}</h3>
      <dl className="space-y-1">
        {keys.map(([key, does]) => (
          <div key={key} className="flex items-center justify-between gap-3">
            <dt className="order-2 shrink-0">
              <Kbd>{key}</Kbd>
              <span className="sr-only">{key}</span>
            </dt>
            <dd className="text-muted">{does}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
