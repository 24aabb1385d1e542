import type { Right } from './access.ts'
import type { CallName } from './calls.ts'
import type { EventName } from './events.ts'

/**
 * What each call needs; a call that is missing here does not compile. What needs `operate` or `administer` is written to the
 * audit log with its end.
 */
export const rightOfCall: Record<CallName, Right> = {
  'core.hello': 'connect',
  'settings.get': 'connect',
  'settings.setDisplay': 'operate',
  'settings.set': 'administer',
  'settings.reset': 'administer',
  'desk.open': 'look',
  'desk.join': 'look',
  'desk.keep': 'look',
  'desk.drop': 'look',
  'layouts.list': 'look',
  'layouts.save': 'operate',
  'layouts.read': 'look',
  'layouts.rename': 'operate',
  'layouts.delete': 'operate',
  'layouts.import': 'operate',
  'layouts.export': 'look',
  'presets.list': 'look',
  'presets.save': 'operate',
  'presets.delete': 'operate',
  'history.list': 'look',
  'history.clear': 'operate',
  'backend.status': 'connect',
  'backend.recordings': 'look',
  'jobs.defaults': 'look',
  'jobs.validate': 'look',
  'jobs.open': 'operate',
  'jobs.pace': 'operate',
  'jobs.close': 'operate',
  'jobs.forget': 'operate',
  'jobs.list': 'look',
  'views.attach': 'look',
  'views.extent': 'look',
  'views.history': 'look',
  'views.detach': 'look',
  'views.credit': 'look',
  'notices.list': 'records',
  'notices.dismiss': 'operate',
  'machine.reading': 'metrics',
  'captures.start': 'operate',
  'captures.arm': 'operate',
  'captures.stop': 'operate',
  'captures.list': 'look',
  'sessions.list': 'look',
  'sessions.show': 'look',
  'sessions.update': 'operate',
  'sessions.delete': 'operate',
  'sessions.verify': 'operate',
  'sessions.open': 'operate',
  'sessions.reindex': 'operate',
  'tasks.list': 'look',
  'tasks.start': 'operate',
  'tasks.cancel': 'operate',
  'tasks.retry': 'operate',
  'tasks.forget': 'operate',
  'exports.check': 'look',
  'exports.chooseTarget': 'operate',
  'files.choose': 'operate',
  'files.questions': 'look',
  'files.answer': 'operate',
  'files.dismiss': 'operate',
  'annotations.list': 'look',
  'logs.query': 'records',
  'logs.state': 'records',
  'logs.setLevel': 'operate',
  'diagnostics.save': 'operate',
  'annotations.put': 'operate',
  'annotations.remove': 'operate',
  'access.whoAmI': 'connect',
  'access.tokens': 'administer',
  'access.createToken': 'administer',
  'access.revokeToken': 'administer',
  'access.audit': 'audit',
  'access.verifyAudit': 'audit',
  'access.server': 'audit'
}

/** What a connection must have to hear an event. */
export const rightOfEvent: Record<EventName, Right> = {
  'job.changed': 'look',
  'job.forgotten': 'look',
  'backend.changed': 'connect',
  'backend.recordingsChanged': 'look',
  'notices.changed': 'records',
  'settings.changed': 'connect',
  'desk.changed': 'look',
  'layouts.changed': 'look',
  'presets.changed': 'look',
  'history.changed': 'look',
  'machine.reading': 'metrics',
  'captures.changed': 'look',
  'sessions.changed': 'look',
  'sessions.verifying': 'look',
  'tasks.changed': 'look',
  'files.questionsChanged': 'look',
  'annotations.changed': 'look',
  'view.described': 'look',
  'window.command': 'connect'
}

/**
 * What is written to the audit log. Reading is not, nor the thousand small calls of a view; making lists of tokens and
 * reading the audit is, because it concerns the guard itself.
 */
export const isAudited = (right: Right): boolean => right === 'operate' || right === 'administer' || right === 'audit'
