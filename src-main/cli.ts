import { Command } from 'commander'
import { registerFocusServer } from './commands/focusServer.ts'
import { runProgram } from './commands/runProgram.ts'
import { version } from './version.ts'

const program = new Command('wavefall')
  .description('live and historic distributed acoustic sensing')
  .version(version)
  .addHelpText('after', '\nExample:\n  wavefall serve --port 4870\n')
registerFocusServer(program)
void runProgram(program, process.argv.slice(2))
