import { describe, expect, expectTypeOf, it } from 'vitest';
import orderConfirmation from '../../../scenarios/order-confirmation.ts';
import type {
  Fixtures,
  MarkedDocument,
  MarkedModel,
  OdooReader,
  OdooValue,
  PlannedDocument,
  RecordOf,
  Scenario,
  ScenarioContext,
  SentOrder,
} from '../../../src/scenario/index.ts';

/** Every method, at any depth of the context, that could write. */
type Writing = 'create' | 'write' | 'unlink' | 'call' | 'ask' | 'execute' | 'copy';

describe('the scenario context', () => {
  it('reads and counts through odoo, and does nothing else there', () => {
    expectTypeOf<keyof ScenarioContext['odoo']>().toEqualTypeOf<'read' | 'searchRead' | 'count'>();
    expectTypeOf<Extract<keyof OdooReader, Writing>>().toBeNever();
  });

  it('has no way to write of its own', () => {
    expectTypeOf<Extract<keyof ScenarioContext, Writing>>().toBeNever();
    expectTypeOf<keyof ScenarioContext>().toEqualTypeOf<
      | 'runId'
      | 'mark'
      | 'transport'
      | 'tenant'
      | 'fixtures'
      | 'edi'
      | 'odoo'
      | 'signal'
      | 'step'
      | 'setUp'
      | 'browse'
      | 'plan'
      | 'expect'
      | 'need'
      | 'fail'
      | 'skip'
    >();
  });

  it('creates through a plan only, and calls through what a plan created only', () => {
    expectTypeOf<ScenarioContext['plan']>().returns.resolves.toEqualTypeOf<PlannedDocument>();
    expectTypeOf<keyof PlannedDocument>().toEqualTypeOf<'create' | 'enter' | 'send'>();
    expectTypeOf<PlannedDocument['enter']>().returns.resolves.toEqualTypeOf<MarkedDocument>();
    expectTypeOf<PlannedDocument['create']>().returns.resolves.toEqualTypeOf<MarkedDocument>();
    expectTypeOf<PlannedDocument['send']>().returns.resolves.toEqualTypeOf<SentOrder>();
    expectTypeOf<SentOrder['arrival']>().returns.resolves.toEqualTypeOf<MarkedDocument>();
    expectTypeOf<keyof MarkedDocument>().toEqualTypeOf<'id' | 'call' | 'answer' | 'act' | 'find'>();
    expectTypeOf<MarkedDocument['call']>().returns.resolves.toBeVoid();
    expectTypeOf<
      Parameters<MarkedDocument['answer']>[0]
    >().toEqualTypeOf<'sale.advance.payment.inv'>();
  });

  it('plans documents that can carry a mark, and no others', () => {
    expectTypeOf<Parameters<ScenarioContext['plan']>>().toEqualTypeOf<[model: MarkedModel]>();
    expectTypeOf<MarkedModel>().toEqualTypeOf<'sale.order'>();
  });

  it('hands out what a scenario cannot change', () => {
    expectTypeOf<Fixtures>().toEqualTypeOf<Readonly<Fixtures>>();
    expectTypeOf<Scenario['steps']>().toExtend<readonly string[]>();
  });

  it('hands out no secret and no credential', () => {
    expectTypeOf<keyof ScenarioContext['tenant']>().toEqualTypeOf<'id' | 'timeZone'>();
  });
});

describe('records', () => {
  it('have the types of the kinds that were asked for', () => {
    const kinds = {
      state: 'text',
      amount: 'number',
      locked: 'boolean',
      partner: 'many2one',
      lines: 'ids',
    } as const;
    type Kinds = typeof kinds;
    type Seen = RecordOf<Kinds>;
    expectTypeOf<Seen['id']>().toEqualTypeOf<number>();
    expectTypeOf<Seen['state']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<Seen['amount']>().toEqualTypeOf<number>();
    expectTypeOf<Seen['locked']>().toEqualTypeOf<boolean>();
    expectTypeOf<Seen['partner']>().toEqualTypeOf<
      { readonly id: number; readonly name: string } | undefined
    >();
    expectTypeOf<Seen['lines']>().toEqualTypeOf<readonly number[]>();
    expectTypeOf<keyof Seen>().toEqualTypeOf<keyof Kinds | 'id'>();
    expect(Object.keys(kinds)).toHaveLength(5);
  });

  it('are inferred from a literal, field by field', () => {
    const fields = { state: 'text', picking_ids: 'ids' } as const;
    const read = (odoo: OdooReader) => odoo.read('sale.order', [1], fields);
    expect(read).toBeTypeOf('function');
    type Seen = Awaited<ReturnType<typeof read>>[number];
    expectTypeOf<Seen['state']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<Seen['picking_ids']>().toEqualTypeOf<readonly number[]>();
    // @ts-expect-error -- a field that nobody asked for is not there
    expectTypeOf<Seen['name']>().toBeUnknown();
  });

  it('are asked for by kinds that there are', () => {
    const fields = { date_order: 'date' } as const;
    // @ts-expect-error -- there is no kind "date"
    const read = (odoo: OdooReader) => odoo.read('sale.order', [1], fields);
    expect(read).toBeTypeOf('function');
  });
});

describe('values', () => {
  it('hold nothing that XML-RPC cannot carry', () => {
    expectTypeOf<undefined>().not.toExtend<OdooValue>();
    expectTypeOf<null>().not.toExtend<OdooValue>();
    expectTypeOf<bigint>().not.toExtend<OdooValue>();
    expectTypeOf<Date>().not.toExtend<OdooValue>();
    expectTypeOf<[[0, 0, { product_id: number }]]>().toExtend<OdooValue>();
  });
});

describe('the built-in scenario', () => {
  it('is a Scenario and nothing more', () => {
    expectTypeOf(orderConfirmation).toExtend<Scenario>();
    expect(Object.keys(orderConfirmation).sort()).toEqual([
      'consent',
      'id',
      'needs',
      'opens',
      'revision',
      'rows',
      'run',
      'sdk',
      'steps',
      'title',
      'transports',
    ]);
  });
});
