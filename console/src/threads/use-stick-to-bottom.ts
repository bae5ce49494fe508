import { useCallback, useEffect, useRef, useState } from 'react';

/** How near the end still counts as reading along, in pixels. */
const nearPx = 80;

/** Keeps a growing page at its end while the reader is there, and leaves it alone once they scroll up. */
export function useStickToBottom() {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const [atEnd, setAtEnd] = useState(true);
  const jump = useCallback(() => {
    following.current = true;
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  }, []);
  useEffect(() => {
    const view = scroller.current;
    const inner = content.current;
    if (!view || !inner) return;
    let lastTop = view.scrollTop;
    const onScroll = () => {
      const near = view.scrollHeight - view.scrollTop - view.clientHeight < nearPx;
      // Growth moves the end away, too: only a move upwards is the reader's.
      if (near) following.current = true;
      else if (view.scrollTop < lastTop) following.current = false;
      lastTop = view.scrollTop;
      setAtEnd(near || following.current);
    };
    const onGrowth = new ResizeObserver(() => {
      if (following.current) view.scrollTop = view.scrollHeight;
    });
    onGrowth.observe(inner);
    onGrowth.observe(view);
    view.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      onGrowth.disconnect();
      view.removeEventListener('scroll', onScroll);
    };
  }, []);
  return { scroller, content, atEnd, jump };
}
