import { parentPort } from 'node:worker_threads'
import { serveTasks } from '../../../src-main/tasks/serveTasks.ts'

serveTasks(parentPort!, {
  export(assignment, { progressed }) {
    if (assignment === 'die') process.exit(1)
    if (assignment === 'throw') throw new Error('a bug of its own')
    if (assignment === 'work') return Promise.resolve({ files: ['a'], bytes: 1, warnings: [] })
    progressed(0.5, 'half')
    // The message has to leave before the loop that never ends.
    setImmediate(() => {
      for (;;);
    })
    return new Promise(() => undefined)
  }
})
