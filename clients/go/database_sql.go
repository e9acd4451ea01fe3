package leasehold

import (
	"context"
	"database/sql"
	"database/sql/driver"

	"github.com/jackc/pgx/v5/stdlib"
)

// OpenDB gives a database/sql of this pool. It keeps no connection of its own: each one goes back to the pool, which knows when
// it is old. To close it does not close the pool.
func (p *Pool) OpenDB(options ...stdlib.OptionOpenDB) *sql.DB {
	db := sql.OpenDB(connector{stdlib.GetPoolConnector(p.plain, options...), p})
	db.SetMaxIdleConns(0)
	return db
}

// connector tries again where a login was refused that other credentials may mend.
type connector struct {
	driver.Connector
	pool *Pool
}

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	return retried(ctx, c.pool, func() (driver.Conn, error) { return c.Connector.Connect(ctx) })
}
