import { CommanderError, type Command } from 'commander'

/** What was asked for failed: one sentence that says what, where and what to do. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure'
}

function sentenceOf(error: unknown): string {
  if (error instanceof CommandFailure) return error.message
  const { code, message, port } = error as NodeJS.ErrnoException & { port?: number }
  if (code === 'EADDRINUSE')
    return `Port ${port ?? ''} is in use by another program. Name another one with --port, or 0 for any free one.`
  if (code === 'EACCES') return `Not allowed: ${message}.`
  return error instanceof Error ? message : String(error)
}

/** Runs the command line. Exit 0: done; 1: failed, with one sentence; 2: wrong usage. */
export async function runProgram(program: Command, args: string[]): Promise<void> {
  const everyCommand = [program, ...program.commands, ...program.commands.flatMap((command) => command.commands)]
  for (const command of everyCommand) command.exitOverride().showHelpAfterError('Use --help to see how it is used.')
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2
      return
    }
    process.stderr.write(`${sentenceOf(error)}\n`)
    process.exitCode = 1
  }
}
