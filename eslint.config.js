import js from '@eslint/js'
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript'
import importX from 'eslint-plugin-import-x'
import reactHooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'

/** Free to every folder of `src-main`. */
const foundation = [
  'clock.ts',
  'version.ts',
  'streamingFlags.ts',
  'loopDelay.ts',
  'rateLimit.ts',
  'threadVitals.ts',
  'stageTimes.ts',
  'machineCounters.ts',
  'robustSlope.ts',
  'symptoms.ts'
]

/**
 * The import rules of the house. Each folder of `src-main` lists what else of `src-main` it may import; `contract` is free
 * to all, and so is `foundation`. What is not listed is refused.
 */
const mainMayImport = {
  dsp: [],
  storage: [],
  access: ['storage'],
  recordings: ['dsp'],
  streams: ['storage'],
  analysis: ['dsp', 'streams/streamSource.ts'],
  jobs: ['dsp', 'streams', 'analysis', 'ingest', 'storage'],
  'focus-server': [
    'dsp',
    'recordings',
    'sessions',
    'jobs/validation.ts',
    'jobs/loadScore.ts',
    'storage',
    'streams/grpcServices.ts'
  ],
  tasks: ['storage'],
  diagnostics: ['sessions'],
  workbench: ['storage'],
  annotations: ['storage'],
  sessions: ['recordings', 'storage', 'dsp', 'tasks', 'streams/streamSource.ts'],
  // Where streams end: blocks into shared rings, and to captures.
  ingest: ['streams', 'analysis', 'sessions', 'storage'],
  commands: [
    'access',
    'diagnostics',
    'recordings',
    'sessions',
    'tasks',
    'jobs',
    'storage',
    'dsp',
    'streams',
    'web',
    'focus-server',
    'core.ts',
    'coreInterface.ts',
    'serve.ts'
  ],
  // Reads; nothing but the core and the shells imports it.
  health: ['storage', 'recordings/session/crc32.ts', 'streams/httpRequest.ts', 'streams/backoff.ts'],
  web: ['access', 'storage', 'recordings', 'sessions', 'health', 'coreInterface.ts', 'dispatch.ts'],
  desktop: ['storage', 'coreInterface.ts', 'dispatch.ts', 'embeddedProcess.ts']
}

const mainZones = Object.entries(mainMayImport).map(([folder, allowed]) => ({
  target: `./src-main/${folder}`,
  from: './src-main',
  except: [folder, ...foundation, ...allowed].map((path) => `./${path}`),
  message: `src-main/${folder} may import only: contract, ${allowed.join(', ') || 'nothing else of ours'}.`
}))

const zone = (target, from, message, except) => ({ target, from, message, ...(except ? { except } : {}) })

const zones = [
  ...mainZones,
  zone('./src-preload/contract', './src-main', 'contract imports zod alone.'),
  zone('./src-preload/contract', './src-renderer', 'contract imports zod alone.'),
  zone('./src-main', './src-renderer', 'src-main never imports the renderer.'),
  zone('./src-main', './src-preload', 'src-main imports only the contract of src-preload.', ['./contract']),
  zone('./src-preload', './src-main', 'src-preload never imports src-main.'),
  zone('./src-preload', './src-renderer', 'src-preload never imports the renderer.'),
  zone('./src-renderer', './src-main', 'The renderer never imports src-main.'),
  zone('./src-renderer', './src-preload', 'The renderer imports only the contract.', ['./contract']),
  zone('./src-renderer/stream', './src-renderer', 'stream imports only stream.', ['./stream']),
  zone('./src-renderer/render', './src-renderer', 'render imports only render.', ['./render']),
  zone('./src-renderer/stores', './src-renderer', 'stores import only stores and stream.', ['./stores', './stream']),
  zone('./src-renderer/widgets', './src-renderer', 'widgets import only widgets.', ['./widgets']),
  zone('./src-renderer/panels', './src-renderer/app', 'panels never import the app.')
]

const electronOnly = {
  files: ['src-main/**/*.ts', 'src-preload/**/*.ts', 'src-renderer/**/*.{ts,tsx}'],
  ignores: ['src-main/desktop/**', 'src-main/index.ts', 'src-preload/bridge.ts'],
  rules: {
    'no-restricted-imports': [
      'error',
      { paths: [{ name: 'electron', message: 'Only the desktop shell imports electron.' }] }
    ]
  }
}

export default tseslint.config(
  {
    ignores: [
      'out/**',
      'node_modules/**',
      'test-results/**',
      'tests/bench/bareWindow/**',
      'src-main/dsp/kernel/assembly/**'
    ]
  },
  js.configs.recommended,
  ...tseslint.configs.strict,
  ...tseslint.configs.stylistic,
  {
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [
        createTypeScriptImportResolver({
          noWarnOnMultipleProjects: true,
          project: ['tsconfig.node.json', 'tsconfig.web.json', 'tsconfig.tests.json']
        })
      ]
    },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones }],
      'import-x/no-cycle': 'error',
      'import-x/no-default-export': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: false, skipComments: false }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-console': 'error',
      eqeqeq: ['error', 'always']
    }
  },
  electronOnly,
  {
    files: ['src-preload/contract/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              // Its folders import each other, and resources; the zones above keep it out of everything else of ours.
              regex: '^(?!zod$|\\./|\\.\\./\\w+\\.ts$|\\.\\./\\.\\./\\.\\./resources/)',
              message: 'contract imports zod and resources alone.'
            }
          ]
        }
      ]
    }
  },
  {
    files: ['src-renderer/stream/**', 'src-renderer/render/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: ['react', 'react-dom', 'zustand', 'electron'].map((name) => ({
            name,
            message: 'stream and render import neither React nor zustand.'
          }))
        }
      ]
    }
  },
  {
    files: ['src-renderer/**/*.tsx', 'src-renderer/**/use*.ts'],
    plugins: { 'react-hooks': reactHooks },
    rules: reactHooks.configs.recommended.rules
  },
  { files: ['**/*.config.ts', '*.config.js', 'src-main/rawText.d.ts'], rules: { 'import-x/no-default-export': 'off' } }
)
