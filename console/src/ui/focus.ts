/** As a `ref`: takes the focus when the element appears. Defined once, so that it does not take it again. */
export function focusOnMount(element: HTMLElement | null) {
  element?.focus();
}

let isTitleFocused = false;

/** Moves focus to the page's title after navigation, unless something on the page took it already. */
export function focusPageTitle() {
  const active = document.activeElement;
  if (active?.closest('main') || active?.closest('[role="dialog"]')) return;
  const titles = [...document.querySelectorAll<HTMLElement>('main [data-page-title]')];
  titles.find((title) => title.checkVisibility())?.focus({ preventScroll: true });
  isTitleFocused = true;
}

/** Once what was loading is there: the title that had the focus went with the skeleton. */
export function keepTitleFocused() {
  if (isTitleFocused && document.activeElement === document.body) focusPageTitle();
}
