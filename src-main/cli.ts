#!/usr/bin/env node
import { Command } from 'commander'
import { resolve } from 'node:path'
import { registerBandEnergy } from './commands/bandEnergy.ts'
import { registerAudit } from './commands/audit.ts'
import { registerCapture } from './commands/capture.ts'
import { registerConvert } from './commands/convert.ts'
import { registerDiagnostics } from './commands/diagnostics.ts'
import { registerDoctor } from './commands/doctor.ts'
import { registerFocusServer } from './commands/focusServer.ts'
import { registerHealth } from './commands/health.ts'
import { registerInspect } from './commands/inspect.ts'
import { registerJobs } from './commands/jobs.ts'
import { registerPerformanceTest } from './commands/performanceTest.ts'
import { registerPicture } from './commands/picture.ts'
import { runProgram } from './commands/runProgram.ts'
import { registerServe } from './commands/serve.ts'
import { registerSessions } from './commands/sessions.ts'
import { registerSpectrogram } from './commands/spectrogram.ts'
import { registerStart } from './commands/start.ts'
import { registerTokens } from './commands/tokens.ts'
import { version } from './version.ts'

const program = new Command('wavefall')
  .description('live and historic distributed acoustic sensing')
  .version(version)
  .addHelpText('after', '\nExample:\n  wavefall serve --port 4870\n')
// This file is built to out/main.
registerStart(program, resolve(import.meta.dirname, '..', '..'))
registerServe(program)
registerFocusServer(program)
registerInspect(program)
registerConvert(program)
registerPicture(program)
registerSpectrogram(program)
registerBandEnergy(program)
registerCapture(program)
registerSessions(program)
registerJobs(program)
registerHealth(program)
registerPerformanceTest(program)
registerTokens(program)
registerAudit(program)
registerDoctor(program)
registerDiagnostics(program)
void runProgram(program, process.argv.slice(2))
