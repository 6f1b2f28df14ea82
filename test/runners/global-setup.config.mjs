export default { test: { globalSetup: 'fake-devin/global-setup' } }
