/** The database of the shop, by its name in every environment of the benches. */
export const SHOP = "shop";

/** The databases of the bench: enough tables, of enough kinds, to see what a credential may not do. */

export const SHOP_SCHEMA = `
CREATE TABLE customers (id int PRIMARY KEY, name text, billing_address text, password_hash text);
CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id int, total numeric, note text);
CREATE TABLE order_items (id bigserial PRIMARY KEY, order_id int, sku text);
CREATE TABLE invoices (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id int, amount numeric);
CREATE TABLE payments (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, invoice_id int, iban text);
CREATE TABLE products (id int PRIMARY KEY, title text, price numeric);
CREATE TABLE employees (id int PRIMARY KEY, name text, salary numeric);
CREATE VIEW revenue AS SELECT sum(total) AS total FROM orders;
INSERT INTO customers VALUES (1, 'Ada', 'Analytical Street 1', 'x');
INSERT INTO orders (customer_id, total) VALUES (1, 10), (1, 20);
INSERT INTO products VALUES (1, 'Engine', 100);
`;

export const ARCHIVE_SCHEMA = `
CREATE TABLE letters (id int PRIMARY KEY, body text);
CREATE TABLE index_cards (id int PRIMARY KEY, body text);
INSERT INTO letters VALUES (1, 'Dear Ada');
`;
