import type { Grant } from "leasehold";

/** What each service may do with which tables: one declaration for every environment. */

export const orders: readonly Grant[] = [
  { tables: ["orders", "order_items"], privileges: ["SELECT", "INSERT", "UPDATE"] },
  { tables: ["customers"], columns: ["id", "name", "country"], privileges: ["SELECT"] },
];

export const prices: readonly Grant[] = [
  { tables: ["prices", "price_rules"], privileges: ["SELECT", "INSERT", "UPDATE"] },
];

export const products: readonly Grant[] = [
  { tables: ["products", "categories"], privileges: ["SELECT", "INSERT", "UPDATE"] },
  { sequences: ["sku_numbers"], privileges: ["USAGE"] },
];

export const invoices: readonly Grant[] = [
  { tables: ["invoices", "payments"], privileges: ["SELECT", "INSERT", "UPDATE"] },
];

export const ordersToRead: readonly Grant[] = [{ tables: ["orders"], privileges: ["SELECT"] }];

export const changesToRead: readonly Grant[] = [
  { tables: ["orders", "order_items"], privileges: ["SELECT"] },
];

export const everythingToRead: readonly Grant[] = [
  { allTablesOwnedBy: "shop_owner", privileges: ["SELECT"], reason: "it reports on whatever the shop has" },
];

/** What support looks up; no address and no e-mail. */
export const ordersToLookUp: Grant[] = [
  { tables: ["orders", "order_items"], privileges: ["SELECT"] },
  { tables: ["customers"], columns: ["id", "name", "country"], privileges: ["SELECT"] },
];
export const totalsToCorrect: Grant[] = [
  { tables: ["orders"], columns: ["id", "total"], privileges: ["SELECT"] },
  { tables: ["orders"], columns: ["total"], privileges: ["UPDATE"] },
];
