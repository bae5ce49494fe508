// Runs before the first paint, from its own file because the content security policy allows no inline script.
(() => {
  // What makes styles at run time (react-remove-scroll, by get-nonce) asks here for what the policy lets through.
  window.__webpack_nonce__ = document.currentScript.nonce;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    let choice = null;
    try {
      choice = localStorage.getItem('purser.theme');
    } catch {
      // Storage is turned off: follow the system.
    }
    const wanted = choice === 'light' || choice === 'dark' ? choice : dark.matches ? 'dark' : 'light';
    document.documentElement.dataset.theme = wanted;
  };
  apply();
  dark.addEventListener('change', apply);
  addEventListener('storage', apply);
  addEventListener('purser:theme', apply);
})();
