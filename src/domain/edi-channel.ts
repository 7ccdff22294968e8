/** How a trading partner's EDI files reach a tenant and come back from it. */
import type { SecretReference } from './secret-reference.ts';

/** UBL 2.1 (Peppol BIS 3), ASC X12 005010, UN/EDIFACT D.96A in syntax 3. */
export const ediSyntaxes = ['ubl', 'x12', 'edifact'] as const;
export type EdiSyntax = (typeof ediSyntaxes)[number];

export const ediChannels = ['attachment', 'folder', 'sftp', 'http'] as const;
export type EdiChannelKind = (typeof ediChannels)[number];

/** Attached to a document in Odoo itself: no files. */
interface AttachmentChannel {
  readonly kind: 'attachment';
}

/** Folders of this machine, as absolute paths. The tenant imports from `in` and exports to `out`. */
export interface FolderChannel {
  readonly kind: 'folder';
  readonly in: string;
  readonly out: string;
}

/** Folders of an SFTP server. */
export interface SftpChannel {
  readonly kind: 'sftp';
  readonly host: string;
  readonly port: number;
  readonly login: string;
  /** Reads as a password, or as the whole text of a private key. */
  readonly credential: {
    readonly kind: 'password' | 'privateKey';
    readonly secret: SecretReference;
  };
  /** `SHA256:` and 43 characters of base64, as ssh-keygen prints it. */
  readonly hostKey: string;
  readonly in: string;
  readonly out: string;
}

/** Collections of an HTTP server, as URLs without a trailing slash. */
export interface HttpChannel {
  readonly kind: 'http';
  readonly in: string;
  readonly out: string;
  /** For basic authentication. */
  readonly credentials?: { readonly login: string; readonly password: SecretReference };
}

/** Channels of files: what is dropped in `in` and collected from `out`. */
export type FileChannel = FolderChannel | SftpChannel | HttpChannel;

export interface Edi {
  readonly syntax: EdiSyntax;
  /** By which the envelopes of X12 and EDIFACT name the two sides; UBL has no envelope. */
  readonly mailboxes?: { readonly partner: string; readonly tenant: string };
  /** What the partner waits for longer is late; what has not come after twice as long is missing. */
  readonly answerWithinMs: number;
  readonly channel: AttachmentChannel | FileChannel;
}
