import { useState } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { DescribeAgent } from './describe-agent.tsx';
import { ImportAgent } from './import-agent.tsx';
import { StartFromTemplate } from './start-from-template.tsx';

interface NewAgentDialogProps {
  open: boolean;
  onOpenChange(open: boolean): void;
}

type Way = 'template' | 'describe' | 'file';
const ways = [
  { value: 'template', label: 'Start from' },
  { value: 'describe', label: 'Describe' },
  { value: 'file', label: 'File' },
] as const;

/** Ways to an agent: from nothing or a template, from a description, from a file. */
export function NewAgentDialog({ open, onOpenChange }: NewAgentDialogProps) {
  const [way, setWay] = useState<Way>('template');
  const cancel = () => onOpenChange(false);
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="New agent"
      description="All of it can be changed later."
      wide={way === 'describe'}
    >
      <div className="mb-4">
        <Segmented<Way> label="How to begin" value={way} options={ways} onChange={setWay} />
      </div>
      {way === 'template' ? <StartFromTemplate onCancel={cancel} /> : null}
      {way === 'describe' ? <DescribeAgent onCancel={cancel} /> : null}
      {way === 'file' ? <ImportAgent onCancel={cancel} /> : null}
    </Dialog>
  );
}
