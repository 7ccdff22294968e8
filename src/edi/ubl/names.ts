/** Names of UBL 2.1 and of the Peppol BIS 3 specifications that our documents follow. */
import type { Acknowledgement, BusinessKind, DocumentKind, OrderResponse } from '../document.ts';

const UBL = 'urn:oasis:names:specification:ubl:schema:xsd';

/** `cbc`, elements with a value. */
export const BASIC = `${UBL}:CommonBasicComponents-2`;
/** `cac`, elements with elements. */
export const AGGREGATE = `${UBL}:CommonAggregateComponents-2`;

export interface Specification {
  readonly root: string;
  readonly uri: string;
  /** `CustomizationID`: what Odoo and access points recognise a document by. */
  readonly customization: string;
  readonly profile: string;
}

function specification(root: string, transaction: string, process: string): Specification {
  return {
    root,
    uri: `${UBL}:${root}-2`,
    customization: `urn:fdc:peppol.eu:poacc:trns:${transaction}:3`,
    profile: `urn:fdc:peppol.eu:poacc:bis:${process}:3`,
  };
}

export const specifications: Readonly<Record<DocumentKind, Specification>> = {
  order: specification('Order', 'order', 'ordering'),
  'order-response': specification('OrderResponse', 'order_response', 'ordering'),
  'despatch-advice': specification('DespatchAdvice', 'despatch_advice', 'despatch_advice'),
  invoice: {
    root: 'Invoice',
    uri: `${UBL}:Invoice-2`,
    customization: 'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0',
    profile: 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0',
  },
  acknowledgement: specification('ApplicationResponse', 'mlr', 'mlr'),
};

/** UNCL 1001. */
export const typeCodes = {
  order: '220',
  'order-response': '231',
  'despatch-advice': '351',
  invoice: '380',
} as const satisfies Record<BusinessKind, string>;

/** Of an order response and of each of its lines (UNCL 4343, UNCL 1229). */
export const responseCodes = {
  received: { document: 'AB', line: undefined },
  accepted: { document: 'AP', line: '5' },
  changed: { document: 'CA', line: '3' },
  rejected: { document: 'RE', line: '7' },
} as const satisfies Record<OrderResponse['status'], unknown>;

export const acknowledgementCodes = {
  received: 'AB',
  accepted: 'AP',
  rejected: 'RE',
} as const satisfies Record<Acknowledgement['status'], string>;
