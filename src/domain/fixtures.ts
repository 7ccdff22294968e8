/** Names of what `provision` makes in a tenant; by these, and inside one company only, everything is found again. */
export const COMPANY_NAME = 'ZZ orderwatch';
export const CUSTOMER_REF = 'ORDERWATCH-CUSTOMER';
/** Of the partner whose documents are exchanged, where EDI is configured. */
export const PARTNER_REF = 'ORDERWATCH-PARTNER';
export const PRODUCT_CODE = 'ORDERWATCH-PRODUCT';
/** Price of the product on the order, in the company's currency. */
export const PRODUCT_PRICE = 10;
/** Stock that `provision` puts on the shelf, and the floor under which `doctor` warns. */
export const PRODUCT_STOCK = 1_000;
export const PRODUCT_STOCK_FLOOR = 50;
/** Below this the fleet puts `PRODUCT_STOCK` on the shelf again, well before the floor is reached. */
export const PRODUCT_STOCK_LOW = 100;
