/** XML-RPC faults to failures. Texts are localised, so only codes and exception class names count. */
import { createHash } from 'node:crypto';
import type { Failure } from '../domain/failure.ts';

const TRACE_LENGTH = 12;

export interface Fault {
  readonly code: number;
  readonly text: string;
}

/**
 * Some successful methods answer with this fault: the server committed and then could not marshal
 * `None` (or, in Odoo 14, a record set). The work is done and has no value.
 */
export function isCommittedWithoutValue(fault: Fault): boolean {
  return fault.code === 1 && /cannot marshal (?:None|<class 'odoo\.api\.)/.test(fault.text);
}

/** Odoo 14 to 19: 1 anything else with a traceback, 2 user errors, 3 access denied, 4 access error. */
export function failureOfFault(fault: Fault): Failure {
  const message = fault.code === 1 ? exceptionLine(fault.text) : fault.text;
  switch (fault.code) {
    case 1:
      return { ...failureOfTraceback(message), ...traceOf(fault.text) };
    case 3:
      return { code: 'credential.refused', blame: 'fleet', message: 'Odoo refused our credential' };
    case 4:
      return { code: 'odoo.access', blame: 'target', layer: 'access', message };
    default:
      return { code: 'odoo.refused', blame: 'target', layer: 'application', message };
  }
}

function failureOfTraceback(message: string): Failure {
  if (/SerializationFailure|LockNotAvailable|DeadlockDetected/.test(message)) {
    return { code: 'odoo.contention', blame: 'target', layer: 'database', message };
  }
  if (message.startsWith('psycopg2.')) {
    return { code: 'odoo.database', blame: 'target', layer: 'database', message };
  }
  if (/^ValueError: Invalid field|^AttributeError: The method/.test(message)) {
    return { code: 'odoo.missing-capability', blame: 'target', layer: 'application', message };
  }
  if (message.startsWith('OSError: [Errno 28]')) {
    return { code: 'odoo.storage-full', blame: 'target', layer: 'application', message };
  }
  return { code: 'odoo.server-error', blame: 'target', layer: 'application', message };
}

/** Of where it happened, not of what was said: that may hold values of the tenant's. */
function traceOf(text: string): Pick<Failure, 'trace'> {
  const frames = text.match(/^ *File ".*", line \d+, in .*$/gm);
  if (frames === null) return {};
  const hash = createHash('sha256').update(frames.map((frame) => frame.trim()).join('\n'));
  return { trace: hash.digest('hex').slice(0, TRACE_LENGTH) };
}

/** The last exception line of a traceback; the very last line is often a caret or a CONTEXT instead. */
function exceptionLine(text: string): string {
  const lines = text.match(/^(?:psycopg2\.[\w.]+|[\w.]*(?:Error|Exception|Failure)): .*$/gm);
  return lines?.at(-1) ?? 'the server failed without naming an exception';
}
