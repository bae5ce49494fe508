/** As a `ref`: takes the focus when the element appears. Defined once, so that it does not take it again. */
export function focusOnMount(element: HTMLElement | null) {
  element?.focus();
}

/** Moves focus to the page's title after navigation, unless something on the page took it already. */
export function focusPageTitle() {
  const active = document.activeElement;
  if (active?.closest('main') || active?.closest('[role="dialog"]')) return;
  const titles = [...document.querySelectorAll<HTMLElement>('main [data-page-title]')];
  titles.find((title) => title.checkVisibility())?.focus({ preventScroll: true });
}
