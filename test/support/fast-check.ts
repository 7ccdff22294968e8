/** A property that fails is told in a minute at most, however long its counterexample could still be made shorter. */
import fc from 'fast-check';

// The plugin that replaces it cannot be given to all properties at once.
/* eslint-disable @typescript-eslint/no-deprecated */
fc.configureGlobal({ interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true });
