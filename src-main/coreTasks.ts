import type { Handlers } from '../src-preload/contract/calls.ts'
import { failure } from '../src-preload/contract/errors.ts'
import type { taskCalls } from '../src-preload/contract/tasks.ts'
import type { CorePort } from './coreInterface.ts'

export type TaskHandlers = Pick<Handlers<CorePort>, keyof typeof taskCalls>

/** Background tasks and exports, as windows and scripts ask for them. */
export function createTaskHandlers(): TaskHandlers {
  const away = async (): Promise<ReturnType<typeof failure>> =>
    failure('unsupported', 'This version has no background tasks yet.')
  return {
    'tasks.list': away,
    'tasks.start': away,
    'tasks.cancel': away,
    'tasks.retry': away,
    'tasks.forget': away,
    'exports.check': away,
    'exports.chooseTarget': away
  }
}
