/** JSON records on named shelves: what is kept of a fleet, wherever it is kept. */

/** All methods reject with Failed `state.unusable` (fleet). */
export interface Records {
  /** Undefined when there is no such record. */
  get(shelf: string, name: string): Promise<unknown>;
  put(shelf: string, name: string, value: unknown): Promise<void>;
  /** False when the record is there already. */
  create(shelf: string, name: string, value: unknown): Promise<boolean>;
  remove(shelf: string, name: string): Promise<void>;
  /** In order. */
  names(shelf: string): Promise<readonly string[]>;
}
