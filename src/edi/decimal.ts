/** Decimal numbers as text, so that sums are right to the cent; floats appear nowhere in this room. */
import Big from 'big.js';

const DECIMAL = /^[+-]?(?:\d{1,15}(?:\.\d{0,10})?|\.\d{1,10})$/;

/** The shortest form of a decimal, `12.5` for `+012.50`, or undefined for what is none or too long. */
export function decimalOf(text: string): string | undefined {
  return DECIMAL.test(text) ? new Big(text.replace(/\.$/, '')).toFixed() : undefined;
}

/** An amount as it is written, with two decimals at least: `12.50` for `12.5`. */
export function amountOf(decimal: string): string {
  const number = new Big(decimal);
  const exact = number.toFixed();
  return (exact.split('.')[1] ?? '').length > 2 ? exact : number.toFixed(2);
}

export function sumOf(decimals: readonly string[]): string {
  return decimals.reduce((sum, next) => sum.plus(next), new Big(0)).toFixed();
}

export function differenceOf(one: string, other: string): string {
  return new Big(one).minus(other).toFixed();
}

/** To the cent, half a cent away from zero. */
export function productOf(one: string, other: string): string {
  return new Big(one).times(other).round(2, Big.roundHalfUp).toFixed();
}

/** To ten decimals; undefined where the divisor is zero. */
export function quotientOf(one: string, other: string): string | undefined {
  const divisor = new Big(other);
  return divisor.eq(0) ? undefined : new Big(one).div(divisor).round(10).toFixed();
}

/** The tax on an amount, to the cent. */
export function percentOf(amount: string, percent: string): string {
  return new Big(amount).times(percent).div(100).round(2, Big.roundHalfUp).toFixed();
}

export const isSameAmount = (one: string, other: string): boolean => new Big(one).eq(other);

export const isNear = (one: string, other: string, tolerance: string): boolean =>
  new Big(one).minus(other).abs().lte(tolerance);
