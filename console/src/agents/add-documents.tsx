import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ClipboardPaste, FileUp, FolderUp } from 'lucide-react';
import { type DragEvent, type ReactNode, useRef, useState } from 'react';
import { ApiProblem, api } from '../api.ts';
import { Button } from '../ui/button.tsx';
import { cx } from '../ui/class-names.ts';
import { Card } from '../ui/page.tsx';
import { acceptedEndings, documentName, isDocument } from './document-words.ts';
import { PasteDialog } from './paste-dialog.tsx';

interface AddDocumentsProps {
  agentId: string;
  disabled: boolean;
  pasting: boolean;
  onPasting(open: boolean): void;
  children: ReactNode;
}

interface Outcome {
  name: string;
  said: string;
  failed: boolean;
}

/** The list, which takes what is dropped on it, and the ways to add to it. */
export function AddDocuments({ agentId, disabled, pasting, onPasting, children }: AddDocumentsProps) {
  const { add, outcomes } = useAddFiles(agentId);
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (!disabled) add.mutate([...event.dataTransfer.files]);
  };
  return (
    <div>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <Picker
          label="Upload files"
          icon={<FileUp size={15} aria-hidden="true" />}
          disabled={disabled || add.isPending}
          onPick={add.mutate}
          primary
        />
        <Picker
          label="Upload a folder"
          icon={<FolderUp size={15} aria-hidden="true" />}
          disabled={disabled || add.isPending}
          onPick={add.mutate}
          folder
        />
        <Button disabled={disabled} onClick={() => onPasting(true)}>
          <ClipboardPaste size={15} aria-hidden="true" />
          Paste text
        </Button>
      </div>
      <section
        aria-label="Documents"
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <Card className={cx(over && !disabled && 'outline-2 outline-accent')}>{children}</Card>
      </section>
      <div role="status" className="mt-2 text-sm">
        {add.isPending ? <p className="text-muted">Reading…</p> : null}
        {outcomes.map(({ name, said, failed }) => (
          <p key={name} dir="auto" className={failed ? 'text-danger' : 'text-muted'}>
            {said}
          </p>
        ))}
      </div>
      <PasteDialog agentId={agentId} open={pasting} onOpenChange={onPasting} />
    </div>
  );
}

/** One file after the other: each is said by itself, and one that cannot be read keeps no other back. */
function useAddFiles(agentId: string) {
  const cache = useQueryClient();
  const [outcomes, setOutcomes] = useState<Outcome[]>([]);
  const add = useMutation<void, ApiProblem, File[]>({
    mutationFn: async (files) => {
      setOutcomes([]);
      const documents = files.filter(({ name }) => isDocument(name));
      const passed = files.length - documents.length;
      for (const file of documents) {
        const outcome = await addOne(agentId, file);
        setOutcomes((before) => [...before, outcome]);
        await cache.invalidateQueries({ queryKey: ['knowledge', agentId] });
      }
      if (passed === 0) return;
      const said = `${passed === 1 ? 'One file was' : `${passed} files were`} passed over: only Markdown, text, PDF, CSV and HTML are read.`;
      setOutcomes((before) => [...before, { name: '', said, failed: documents.length === 0 }]);
    },
  });
  return { add, outcomes };
}

async function addOne(agentId: string, file: File): Promise<Outcome> {
  const name = documentName(file);
  try {
    const { data } = await api.addFile(agentId, file, name);
    return { name, said: `${name} ${saidOf(data[0]?.outcome)}`, failed: false };
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    return { name, said: error.field('file') ?? `${name}: ${error.message}`, failed: true };
  }
}

function saidOf(outcome: 'added' | 'replaced' | 'unchanged' | undefined): string {
  if (outcome === 'replaced') return 'was replaced and read anew.';
  return outcome === 'unchanged' ? 'is unchanged.' : 'was added.';
}

interface PickerProps {
  label: string;
  icon: ReactNode;
  disabled: boolean;
  onPick(files: File[]): void;
  primary?: boolean;
  folder?: boolean;
}

/** A button in front of the platform's own picker. */
function Picker({ label, icon, disabled, onPick, primary, folder }: PickerProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button
        tone={primary ? 'primary' : 'secondary'}
        disabled={disabled}
        onClick={() => input.current?.click()}
      >
        {icon}
        {label}
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={label}
        tabIndex={-1}
        {...(folder ? { webkitdirectory: '' } : { accept: acceptedEndings })}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          // The same file may be chosen again.
          event.target.value = '';
          if (files.length > 0) onPick(files);
        }}
      />
    </>
  );
}
