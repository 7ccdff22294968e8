/** Code lists of UN/EDIFACT D.96A as far as documents use them: data elements 0065, 1001, 1225, 1229, 4343 and 0083. */
import type { Acknowledgement, DocumentKind, OrderResponse } from '../document.ts';

/** Type of message, and the name of the document in its BGM. */
export const messages = {
  order: { type: 'ORDERS', name: '220' },
  'order-response': { type: 'ORDRSP', name: '231' },
  'despatch-advice': { type: 'DESADV', name: '351' },
  invoice: { type: 'INVOIC', name: '380' },
  acknowledgement: { type: 'CONTRL', name: '' },
} as const satisfies Record<DocumentKind, unknown>;

export function kindOfType(type: string): DocumentKind | undefined {
  return (Object.keys(messages) as DocumentKind[]).find((kind) => messages[kind].type === type);
}

/** The function of an order response, and the action on each of its lines. */
export const responseCodes = {
  received: { function: '12', action: undefined },
  accepted: { function: '29', action: '5' },
  changed: { function: '4', action: '3' },
  rejected: { function: '27', action: '7' },
} as const satisfies Record<OrderResponse['status'], unknown>;

/** Some say it in the function of the message, some in its type of response. */
export const responseStatuses: Readonly<Record<string, OrderResponse['status']>> = {
  12: 'received',
  AB: 'received',
  29: 'accepted',
  AP: 'accepted',
  4: 'changed',
  28: 'changed',
  30: 'changed',
  AC: 'changed',
  CA: 'changed',
  27: 'rejected',
  RE: 'rejected',
};

export const actions = {
  received: '8',
  accepted: '7',
  rejected: '4',
} as const satisfies Record<Acknowledgement['status'], string>;

export const actionStatuses: Readonly<Record<string, Acknowledgement['status']>> = {
  1: 'accepted',
  4: 'rejected',
  7: 'accepted',
  8: 'received',
};
