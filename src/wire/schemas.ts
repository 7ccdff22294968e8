/** The published JSON Schemas: the configuration for editors, run reports and results of gates for whoever reads them. */
import { z } from 'zod';
import { configSchema } from '../config/schema.ts';
import { gateResultSchema } from '../domain/gate.ts';
import { runReportSchema } from '../domain/report.ts';

/** By name; `config` checks what people write, `reports` what `run --json` writes, `gate` what `gate --json` writes. */
export function publishedSchemas(): Readonly<Record<'config' | 'reports' | 'gate', object>> {
  const runs = z.strictObject({ runs: z.array(runReportSchema).readonly() });
  return {
    config: z.toJSONSchema(configSchema, { io: 'input' }),
    reports: z.toJSONSchema(runs.meta({ title: 'orderwatch run --json' })),
    gate: z.toJSONSchema(gateResultSchema),
  };
}
