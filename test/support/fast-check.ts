/** A property that fails is told in a minute at most, however long its counterexample could still be made shorter. */
import fc from 'fast-check';

fc.configureGlobal({ plugins: [fc.interruptAfterTimeLimit(60_000, { failOnInterrupt: true })] });
