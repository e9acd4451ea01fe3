"""A batch job whose database user may change while it runs: revenue per customer, as CSV."""

import csv
import signal
import sys

from leasehold_psycopg import Hooks, RotatingPool

REVENUE = """
SELECT customer_id, count(*) AS orders, sum(total) AS total
FROM orders GROUP BY customer_id ORDER BY total DESC NULLS LAST
"""


def main() -> None:
    hooks = Hooks(on_rotation=lambda rotation: print(f"database user {rotation.generation}", file=sys.stderr))
    with RotatingPool(hooks=hooks, min_size=1) as pool:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(pool.shut_down()))
        with pool.connection() as connection, connection.cursor(name="revenue") as cursor:
            cursor.execute(REVENUE)
            writer = csv.writer(sys.stdout)
            writer.writerow(["customer", "orders", "total"])
            writer.writerows(cursor)


if __name__ == "__main__":
    main()
