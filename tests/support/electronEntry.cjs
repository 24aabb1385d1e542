/* eslint-disable @typescript-eslint/no-require-imports */
/* global require, __dirname, process */
// Runs the built program for Playwright. Playwright attaches to a runtime that is starting; a window that opens in the middle
// of that can make it wait for ever. Its own loader holds back `ready` until it has attached, so the program goes behind it.
const { dirname, join } = require('node:path')
require(join(dirname(require.resolve('playwright-core/package.json')), 'lib/server/electron/loader.js'))
require(join(process.env.WAVEFALL_PROGRAM || join(__dirname, '../..'), 'out/main/index.cjs'))
