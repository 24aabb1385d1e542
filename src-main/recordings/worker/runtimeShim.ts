import { createRequire } from 'node:module'

/** Must be the first import of the worker: an older runtime gets its missing built-ins before anything else runs. */
const shimFile = process.env.ELECTRON_TEST_SHIM
if (shimFile) createRequire(shimFile)(shimFile)
