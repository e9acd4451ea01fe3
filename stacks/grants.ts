import type { Grant } from "leasehold";

/** What each service may do with which tables of `shop`: one declaration for every environment. */

export const ordersGrants: readonly Grant[] = [
  { tables: ["orders", "order_items"], privileges: ["SELECT", "INSERT", "UPDATE"] },
  { tables: ["customers"], privileges: ["SELECT"] },
];

export const billingGrants: readonly Grant[] = [
  { tables: ["invoices", "payments"], privileges: ["SELECT", "INSERT", "UPDATE"] },
  { tables: ["orders"], columns: ["id", "customer_id", "total"], privileges: ["SELECT"] },
  { tables: ["customers"], columns: ["id", "billing_address"], privileges: ["SELECT"] },
];

export const analyticsGrants: readonly Grant[] = [
  { tables: ["orders", "order_items", "invoices"], privileges: ["SELECT"] },
];
