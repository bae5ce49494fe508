import { useSearch } from '@tanstack/react-router';
import { SignInScreen } from './sign-in-screen.tsx';

export function SignInRoute() {
  const { error } = useSearch({ from: '/sign-in' });
  return <SignInScreen error={error} />;
}
