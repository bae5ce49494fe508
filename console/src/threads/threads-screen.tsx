import { Outlet, useMatch } from '@tanstack/react-router';
import { cx } from '../ui/class-names.ts';
import { FirstRun } from './first-run.tsx';
import { ThreadList } from './thread-list.tsx';

/** The list beside the thread; one of the two on a phone and on a tablet held upright. */
export function ThreadsScreen() {
  const atHome = useMatch({ from: '/signed-in/threads/', shouldThrow: false }) !== undefined;
  return (
    <div className="flex h-full">
      <div
        className={cx(
          'w-full shrink-0 flex-col border-line lg:flex lg:w-72 lg:border-e xl:w-80',
          atHome ? 'flex' : 'hidden',
        )}
      >
        <ThreadList
          above={
            <div className="px-3 pt-3 lg:hidden">
              <FirstRun />
            </div>
          }
        />
      </div>
      <div className={cx('min-w-0 flex-1 lg:block', atHome && 'hidden')}>
        <Outlet />
      </div>
    </div>
  );
}
