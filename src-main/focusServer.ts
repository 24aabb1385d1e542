import { Command } from 'commander'
import { registerFocusServer } from './commands/focusServer.ts'
import { runProgram } from './commands/runProgram.ts'

/** Entry of the backend's own process: `focus-server` and nothing else. */
const program = new Command('wavefall')
registerFocusServer(program)
void runProgram(program, ['focus-server', ...process.argv.slice(2)])
