/** The key of the account that newcomers meet. */
export const demoKey = 'sk_test_purser_demo';
