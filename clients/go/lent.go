package leasehold

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
)

// What follows gives a connection back when what was asked of it has ended, as pgxpool does with its own.

type lentRow struct {
	row  pgx.Row
	conn *pgxpool.Conn
}

func (l *lentRow) Scan(into ...any) error {
	// A type of the application may panic.
	defer l.conn.Release()
	return l.row.Scan(into...)
}

type lentResults struct {
	pgx.BatchResults
	conn *pgxpool.Conn
	// It has the connection where the batch has begun one.
	tx *lentTx
}

func (l *lentResults) Close() error {
	err := l.BatchResults.Close()
	if l.tx == nil {
		l.conn.Release()
	}
	return err
}

func (l *lentResults) Tx() pgx.Tx {
	if l.tx == nil {
		return nil
	}
	return l.tx
}

type lentTx struct {
	pgx.Tx
	conn *pgxpool.Conn
}

func (l *lentTx) Commit(ctx context.Context) error {
	defer l.conn.Release()
	return l.Tx.Commit(ctx)
}

func (l *lentTx) Rollback(ctx context.Context) error {
	defer l.conn.Release()
	return l.Tx.Rollback(ctx)
}

// failedRows are those of a query that was not sent.
type failedRows struct{ err error }

func (failedRows) Close()                                       {}
func (f failedRows) Err() error                                 { return f.err }
func (failedRows) CommandTag() pgconn.CommandTag                { return pgconn.CommandTag{} }
func (failedRows) FieldDescriptions() []pgconn.FieldDescription { return nil }
func (failedRows) Next() bool                                   { return false }
func (f failedRows) Scan(...any) error                          { return f.err }
func (f failedRows) Values() ([]any, error)                     { return nil, f.err }
func (failedRows) RawValues() [][]byte                          { return nil }
func (failedRows) Conn() *pgx.Conn                              { return nil }
func (failedRows) TypeMap() *pgtype.Map                         { return nil }
