/** Odoo through the npm package `xmlrpc` alone: the references are written with it. */
import xmlrpc from 'xmlrpc';

export interface Account {
  readonly url: string;
  readonly database: string;
  readonly login: string;
  readonly password: string;
}

export type Row = Readonly<Record<string, unknown>> & { readonly id: number };

/** The same that our engine sends, so that both sides make the server do the same work. */
const context = {
  lang: 'en_US',
  tracking_disable: true,
  mail_create_nosubscribe: true,
  mail_create_nolog: true,
  mail_notrack: true,
  skip_sms: true,
  disable_cancel_warning: true,
};

export class BareOdoo {
  readonly uid: number;
  readonly #account: Account;
  readonly #objects: ReturnType<typeof xmlrpc.createClient>;

  private constructor(account: Account, uid: number) {
    this.#account = account;
    this.uid = uid;
    this.#objects = xmlrpc.createClient({ url: `${account.url}/xmlrpc/2/object` });
  }

  static async signIn(account: Account): Promise<BareOdoo> {
    const { url, database, login, password } = account;
    const common = xmlrpc.createClient({ url: `${url}/xmlrpc/2/common` });
    const uid = await send(common, 'authenticate', [database, login, password, {}]);
    if (typeof uid !== 'number') throw new Error(`${database} refuses ${login}`);
    return new BareOdoo(account, uid);
  }

  /** Goes on as a user who signed in before, after one look whether Odoo still knows it. */
  static async resume(account: Account, uid: number): Promise<BareOdoo> {
    const odoo = new BareOdoo(account, uid);
    const params = [account.database, uid, account.password, 'res.users', 'read', [[uid]]];
    await send(odoo.#objects, 'execute_kw', [...params, { fields: ['login'] }]);
    return odoo;
  }

  async call(model: string, method: string, args: unknown[], more: object = {}): Promise<unknown> {
    const { database, password } = this.#account;
    const params = [database, this.uid, password, model, method, args, more];
    return await send(this.#objects, 'execute_kw', params);
  }

  async read(model: string, ids: readonly number[], fields: string[]): Promise<Row[]> {
    return (await this.call(model, 'read', [ids], { fields, context })) as Row[];
  }

  async searchRead(
    model: string,
    domain: readonly unknown[],
    fields: readonly string[],
    more: object = {},
  ): Promise<Row[]> {
    const kwargs = { fields, context, ...more };
    return (await this.call(model, 'search_read', [domain], kwargs)) as Row[];
  }

  async create(model: string, values: object): Promise<number> {
    return (await this.call(model, 'create', [values], { context })) as number;
  }

  async act(model: string, method: string, ids: readonly number[]): Promise<void> {
    await this.call(model, method, [ids], { context });
  }
}

async function send(
  client: ReturnType<typeof xmlrpc.createClient>,
  method: string,
  params: readonly unknown[],
): Promise<unknown> {
  return await new Promise((resolve, reject) => {
    client.methodCall(method, params, (error, value) => {
      if (error == null) resolve(value);
      else reject(error);
    });
  });
}
