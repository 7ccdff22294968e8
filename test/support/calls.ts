/** Names of the requests that a client sends to Odoo, and which of them change nothing there. */

/** Of `execute_kw`: database, password, model and method; the user's id is no string. */
const STRING_PARAM = /<param><value><string>([^<]*)<\/string><\/value><\/param>/g;

/** The path; it ends in model and method as the web client's does: `/xmlrpc/2/object/sale.order/action_confirm`. */
export function callOf(path: string, body: string): string {
  const { pathname } = new URL(path, 'http://odoo');
  if (pathname !== '/xmlrpc/2/object') return pathname;
  const [, , model, method] = [...body.matchAll(STRING_PARAM)].map(([, text]) => text);
  return `${pathname}/${model ?? '?'}/${method ?? '?'}`;
}

const ON_MODELS = /^\/(?:xmlrpc\/2|web\/dataset)\//;

const READS = new Set([
  'default_get',
  'fields_get',
  'get_views',
  'has_access',
  'has_group',
  'name_search',
  'onchange',
  'read',
  'search_count',
  'search_read',
  'web_name_search',
  'web_read',
  'web_search_read',
]);

/** Whether a call changes nothing that a run or its undo depends on: it reads a model, or loads what the page is made of. */
export function onlyReads(call: string): boolean {
  return !ON_MODELS.test(call) || READS.has(call.slice(call.lastIndexOf('/') + 1));
}
