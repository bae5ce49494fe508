import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { Dialog, DialogActions } from './dialog.tsx';
import { ProblemNotice } from './problem-notice.tsx';

interface ConsequenceDialogProps {
  open: boolean;
  onOpenChange(open: boolean): void;
  /** The act: `Delete agent`. */
  title: string;
  /** What will happen, instead of "are you sure". */
  children: ReactNode;
  /** A verb with its object. */
  action: string;
  busy: boolean;
  error: Error | null;
  onConfirm(): void;
}

/** Says what an act will do before it is done. */
export function ConsequenceDialog(props: ConsequenceDialogProps) {
  return (
    <Dialog open={props.open} onOpenChange={props.onOpenChange} title={props.title}>
      <div className="text-muted">{props.children}</div>
      {props.error ? (
        <div className="mt-3">
          <ProblemNotice error={props.error} />
        </div>
      ) : null}
      <DialogActions>
        <Button onClick={() => props.onOpenChange(false)}>Cancel</Button>
        <Button tone="danger" busy={props.busy} onClick={props.onConfirm}>
          {props.action}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
