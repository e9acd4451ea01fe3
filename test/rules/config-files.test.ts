import { setsPassword } from "../../proof/rules/secrets/looks";

test.each([
  ["pgbouncer.ini", "[databases]\nshop = host=pg port=5432 user=orders password=hunter2222"],
  ["userlist.txt", '"orders" "hunter2222"'],
  ["pgpass", "pg:5432:shop:orders:hunter2222"],
  [".pgpass", "# of the job\npg:*:*:orders:hunter2222"],
  ["application.yml", "spring:\n  datasource:\n    password: hunter2222"],
  ["application.properties", "spring.datasource.password=hunter2222"],
  ["config.json", '{"db":{"user":"orders","password":"hunter2222"}}'],
  ["config.toml", 'db_password = "hunter2222"'],
  ["dsn", "host=pg dbname=shop user=orders password='hunter2222'"],
])("%s sets a password", (file, text) => {
  expect(setsPassword(file, text)).toBe(true);
});

test.each([
  ["pgbouncer.ini", "auth_file = /etc/userlist.txt\nauth_type = scram-sha-256\npassword_lifetime = 30"],
  ["userlist.txt", '; of nobody\n"orders" ""'],
  ["others.txt", '"orders" "hunter2222"'],
  ["application.yml", "password: ${DB_PASSWORD}\nusername: orders"],
  ["application.yml", "password:\n  valueFrom: secretKeyRef"],
  ["application.yml", 'password: env("DB_PASSWORD")'],
  ["config.hcl", 'contents = "password={{ .Data.password }}"'],
  ["values.yaml", "passwordFile: /vault/secrets/shop\npassword: <from Vault>"],
  ["README.md", "How the password: rotates is told elsewhere."],
  ["config.json", '{"password_encryption":"scram-sha-256","passwordFile":"/vault/secrets/shop"}'],
])("%s sets none: %j", (file, text) => {
  expect(setsPassword(file, text)).toBe(false);
});
