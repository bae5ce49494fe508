import { useSearch } from '@tanstack/react-router';
import { SignInScreen } from './sign-in-screen.tsx';

export function SignInRoute() {
  const { problem } = useSearch({ from: '/sign-in' });
  return <SignInScreen problem={problem} />;
}
