package leasehold

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Acquire is that of pgxpool.
func (p *Pool) Acquire(ctx context.Context) (*pgxpool.Conn, error) {
	return retried(ctx, p, func() (*pgxpool.Conn, error) { return p.plain.Acquire(ctx) })
}

// AcquireFresh gives a connection of the newest user, however many of the one before are idle: for what stays out for long.
func (p *Pool) AcquireFresh(ctx context.Context) (*pgxpool.Conn, error) {
	for {
		conn, err := p.Acquire(ctx)
		if err != nil || !p.isOld(conn.Conn()) {
			return conn, err
		}
		// What is old is given up only where PostgreSQL accepts who comes after it.
		if err := p.probe(ctx, p.watch.newest()); err != nil {
			conn.Release()
			return nil, p.explained(err)
		}
		p.giveUp(ctx, conn)
	}
}

// AcquireFunc is that of pgxpool.
func (p *Pool) AcquireFunc(ctx context.Context, use func(*pgxpool.Conn) error) error {
	conn, err := p.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	return use(conn)
}

// Exec is that of pgxpool.
func (p *Pool) Exec(ctx context.Context, query string, arguments ...any) (tag pgconn.CommandTag, err error) {
	err = p.AcquireFunc(ctx, func(conn *pgxpool.Conn) error {
		tag, err = conn.Exec(ctx, query, arguments...)
		return err
	})
	return tag, err
}

// Query is that of pgxpool.
func (p *Pool) Query(ctx context.Context, query string, arguments ...any) (pgx.Rows, error) {
	rows, err := retried(ctx, p, func() (pgx.Rows, error) { return p.plain.Query(ctx, query, arguments...) })
	if err != nil {
		return failedRows{err}, err
	}
	return rows, nil
}

// QueryRow is that of pgxpool.
func (p *Pool) QueryRow(ctx context.Context, query string, arguments ...any) pgx.Row {
	conn, err := p.Acquire(ctx)
	if err != nil {
		return failedRows{err}
	}
	return &lentRow{conn.QueryRow(ctx, query, arguments...), conn}
}

// SendBatch is that of pgxpool.
func (p *Pool) SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults {
	conn, err := p.Acquire(ctx)
	if err != nil {
		return pgx.FailedBatchResults(batch, err)
	}
	results := &lentResults{BatchResults: conn.SendBatch(ctx, batch), conn: conn}
	if tx := results.BatchResults.Tx(); tx != nil {
		results.tx = &lentTx{tx, conn}
	}
	return results
}

// Begin is that of pgxpool.
func (p *Pool) Begin(ctx context.Context) (pgx.Tx, error) { return p.BeginTx(ctx, pgx.TxOptions{}) }

// BeginTx is that of pgxpool.
func (p *Pool) BeginTx(ctx context.Context, options pgx.TxOptions) (pgx.Tx, error) {
	return retried(ctx, p, func() (pgx.Tx, error) { return p.plain.BeginTx(ctx, options) })
}

// CopyFrom is that of pgxpool.
func (p *Pool) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, source pgx.CopyFromSource) (rows int64, err error) {
	err = p.AcquireFunc(ctx, func(conn *pgxpool.Conn) error {
		rows, err = conn.CopyFrom(ctx, table, columns, source)
		return err
	})
	return rows, err
}

// Ping is that of pgxpool.
func (p *Pool) Ping(ctx context.Context) error {
	return p.AcquireFunc(ctx, func(conn *pgxpool.Conn) error { return conn.Ping(ctx) })
}
