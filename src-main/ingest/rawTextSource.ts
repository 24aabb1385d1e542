import { readFileSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { fileURLToPath } from 'node:url'

/**
 * The bundle carries the protocol files as text. Where this runs from its sources, the same imports (`?raw`) are served here;
 * must come before any module that has one.
 */
if (import.meta.url.endsWith('.ts')) {
  nodeModule.registerHooks({
    load(url, context, nextLoad) {
      if (!url.endsWith('?raw')) return nextLoad(url, context)
      const text = readFileSync(fileURLToPath(url.slice(0, -'?raw'.length)), 'utf8')
      return { format: 'module', source: `export default ${JSON.stringify(text)}`, shortCircuit: true }
    }
  })
}
