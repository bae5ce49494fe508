import type { KnowledgeDocument } from '@purser/server/api';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { IconButton } from '../ui/button.tsx';
import { ConsequenceDialog } from '../ui/consequence-dialog.tsx';
import { Name } from '../ui/name.tsx';
import { Tag } from '../ui/tag.tsx';
import { Time } from '../ui/time.tsx';
import { toast } from '../ui/toast.tsx';
import { kindWord, sizeText } from './document-words.ts';

export function DocumentRow({ document, removable }: { document: KnowledgeDocument; removable: boolean }) {
  const [removing, setRemoving] = useState(false);
  const { passages } = document;
  return (
    <li className="flex items-center gap-2 pe-2">
      <Link
        to="/agents/$agentId/{-$tab}"
        params={{ agentId: document.agentId, tab: 'knowledge' }}
        search={{ document: document.id }}
        className="flex min-h-11 min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 -outline-offset-2 hover:bg-hover/60"
      >
        <span dir="auto" className="min-w-40 flex-1">
          <Name>{document.name}</Name>
          <span className="block text-sm text-muted">
            {passages === 1 ? '1 passage' : `${passages.toLocaleString()} passages`},{' '}
            {sizeText(document.bytes)}, by {document.addedBy}
          </span>
        </span>
        <Tag>{kindWord(document.kind)}</Tag>
        <span className="text-sm text-muted">
          <Time at={document.updatedAt} />
        </span>
      </Link>
      <IconButton label={`Remove ${document.name}`} disabled={!removable} onClick={() => setRemoving(true)}>
        <Trash2 size={15} aria-hidden="true" />
      </IconButton>
      <RemoveDocument document={document} open={removing} onOpenChange={setRemoving} />
    </li>
  );
}

interface RemoveDocumentProps {
  document: KnowledgeDocument;
  open: boolean;
  onOpenChange(open: boolean): void;
}

function RemoveDocument({ document, open, onOpenChange }: RemoveDocumentProps) {
  const cache = useQueryClient();
  const remove = useMutation<unknown, ApiProblem>({
    mutationFn: () => api.removeDocument(document.agentId, document.id),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ['knowledge', document.agentId] });
      toast(`${document.name} was removed`);
      onOpenChange(false);
    },
  });
  return (
    <ConsequenceDialog
      open={open}
      onOpenChange={onOpenChange}
      title={`Remove ${document.name}`}
      action="Remove document"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
    >
      The agent finds nothing in it any more, and links to it in earlier answers lead nowhere.
    </ConsequenceDialog>
  );
}
