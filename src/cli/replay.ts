/** A history read line by line: what the detector says of each, and what is wrong with those that had to be skipped. */
import { Detector } from '../analysis/baseline/detector.ts';
import type { Finding } from '../analysis/baseline/say.ts';
import { type HistoryLine, LineError, parseLine } from './history-lines.ts';
import { printError } from './terminal.ts';

/** Wrong lines that are told one by one. */
const TOLD = 20;

export class Replay {
  lines = 0;
  skipped = 0;
  private readonly detector = new Detector();
  private lastT = 0;

  take(text: string): readonly Finding[] {
    this.lines += 1;
    if (text === '') return [];
    try {
      return this.read(parseLine(text));
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      this.skip(error.message);
      return [];
    }
  }

  private read(line: HistoryLine): readonly Finding[] {
    if (line.t < this.lastT) {
      throw new LineError(`t: ${line.t} is before ${this.lastT}; sort the lines by t`);
    }
    const found = this.given(line);
    if (found === undefined) {
      throw new LineError(
        `no tenant "${line.tenant}" before it; its line of type tenant comes first`,
      );
    }
    this.lastT = line.t;
    return found;
  }

  private given(line: HistoryLine): readonly Finding[] | undefined {
    if (line.type === 'probe') return this.detector.probe(line);
    if (line.type === 'deploy') return this.detector.deploy(line) ? [] : undefined;
    this.detector.tenant(line);
    return [];
  }

  private skip(message: string): void {
    this.skipped += 1;
    if (this.skipped <= TOLD) printError(`line ${this.lines}: ${message}`);
    else if (this.skipped === TOLD + 1)
      printError('further lines that are skipped are only counted');
  }
}
