import { Outlet, useMatch } from '@tanstack/react-router';
import { cx } from '../ui/class-names.ts';
import { FirstRun } from './first-run.tsx';
import { ThreadList } from './thread-list.tsx';

/** The list beside the thread; on a phone one of the two. */
export function ThreadsScreen() {
  const atHome = useMatch({ from: '/signed-in/threads/', shouldThrow: false }) !== undefined;
  return (
    <div className="flex h-full">
      <div
        className={cx(
          'w-full shrink-0 flex-col border-line md:flex md:w-72 md:border-e lg:w-80',
          atHome ? 'flex' : 'hidden',
        )}
      >
        <ThreadList
          above={
            <div className="px-3 pt-3 md:hidden">
              <FirstRun />
            </div>
          }
        />
      </div>
      <div className={cx('min-w-0 flex-1 md:block', atHome && 'hidden')}>
        <Outlet />
      </div>
    </div>
  );
}
