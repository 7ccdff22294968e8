/** One Odoo database of one customer, as a validated value. */
import type { BusinessCalendar } from './business-calendar.ts';
import type { Consent } from './consent.ts';
import type { Edi } from './edi-channel.ts';
import type { TenantId } from './ids.ts';
import type { Limits } from './limits.ts';
import type { Objective } from './objective.ts';
import type { SecretReference } from './secret-reference.ts';
import type { Transport } from './transport.ts';

export const deliverySteps = ['ship_only', 'pick_ship', 'pick_pack_ship'] as const;
type DeliverySteps = (typeof deliverySteps)[number];

/** The synthetic company that `provision` makes. */
interface Provisioning {
  /** ISO 3166 alpha-2. */
  readonly country: string;
  /** ISO 4217. */
  readonly currency: string;
  /** Odoo's language code of the probe user, for example fr_FR. */
  readonly language: string;
  readonly deliverySteps: DeliverySteps;
}

export interface Tenant {
  readonly id: TenantId;
  /** Without a trailing slash. */
  readonly url: string;
  readonly database: string;
  /** The promised availability in per cent. */
  readonly tier: string;
  /** IANA name. */
  readonly timeZone: string;
  readonly platform: {
    readonly cluster: string;
    readonly databaseHost: string;
    readonly hostingModel: string;
  };
  /** Of the server that its database lies on, read-only; absent where the platform names none. */
  readonly databaseDsn?: SecretReference;
  readonly transports: readonly Transport[];
  readonly consent: Consent;
  readonly limits: Limits;
  /** Rows that all runs of a day together may leave in its database for good. */
  readonly rowBudget: number;
  readonly credentials: { readonly login: string; readonly password: SecretReference };
  readonly provision: Provisioning;
  readonly businessCalendar: BusinessCalendar;
  /** Of what is played there; each workflow once. */
  readonly objectives: readonly Objective[];
  /** Absent where no trading partner's documents are exchanged. */
  readonly edi?: Edi;
}
