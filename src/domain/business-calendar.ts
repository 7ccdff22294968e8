/** When a tenant does business: its working days and hours, its holidays, and what makes some of them busier than others. */
import type { Weekday } from './calendar.ts';

/** Hours are of the local day of the tenant's zone, 0 to 24 with fractions; dates local too, `2026-05-01`. */
export interface BusinessCalendar {
  readonly days: readonly Weekday[];
  readonly from: number;
  readonly to: number;
  /** Public ones and its own. */
  readonly holidays: readonly string[];
  /** The end of the month: business days count from 1, from its end from -1. */
  readonly closing?: {
    readonly fromBusinessDay: number;
    readonly toBusinessDay: number;
    readonly from: number;
    readonly to: number;
  };
  /** Busy hours of business days, such as a receiving peak or a shipping cut-off. */
  readonly windows: readonly {
    readonly name: string;
    readonly from: number;
    readonly to: number;
  }[];
  /** Days that are known to be unlike others, such as a promotion or a stock-taking. */
  readonly announced: readonly { readonly name: string; readonly date: string }[];
}
