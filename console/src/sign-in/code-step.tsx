import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { focusOnMount } from '../ui/focus.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Door } from './door.tsx';

/** The second factor: a code of the app, or a recovery code. */
export function CodeStep({ onDone, onBack }: { onDone(): void; onBack(): void }) {
  const [code, setCode] = useState('');
  const [lost, setLost] = useState(false);
  const confirm = useMutation<unknown, ApiProblem>({
    mutationFn: () => api.signInByCode(code.trim()),
    onSuccess: onDone,
  });
  const change = (isLost: boolean) => {
    setLost(isLost);
    setCode('');
    confirm.reset();
  };
  return (
    <Door
      title={lost ? 'Use a recovery code' : 'Enter the code'}
      lead={
        lost
          ? 'One of the codes you kept when you set up your app. Each works once.'
          : 'The six digits that your authenticator app shows for Purser.'
      }
    >
      <form
        key={lost ? 'recovery' : 'app'}
        className="mt-6 space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (code.trim()) confirm.mutate();
        }}
      >
        <TextField
          ref={focusOnMount}
          label={lost ? 'Recovery code' : 'Code'}
          mono
          inputMode={lost ? 'text' : 'numeric'}
          autoComplete="one-time-code"
          placeholder={lost ? 'abcde-fghij' : '123 456'}
          value={code}
          maxLength={20}
          onChange={(event) => setCode(event.target.value)}
        />
        {confirm.error ? <ProblemNotice error={confirm.error} /> : null}
        <Button
          type="submit"
          tone="primary"
          className="w-full"
          busy={confirm.isPending}
          disabled={code.trim() === ''}
        >
          Sign in
        </Button>
      </form>
      <div className="mt-4 flex flex-wrap justify-between gap-2">
        <Button tone="quiet" onClick={onBack}>
          Back
        </Button>
        <Button tone="quiet" onClick={() => change(!lost)}>
          {lost ? 'Use the app instead' : 'Lost your phone?'}
        </Button>
      </div>
    </Door>
  );
}
