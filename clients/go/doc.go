// Package leasehold is the pool of pgx (pgxpool) for credentials that change while it runs: user and password come from
// the file that the Vault agent replaces, everything else from leasehold's contract.
//
//	pool, err := leasehold.NewPool(ctx)
//
// New connections are opened with the newest user. Those of an old user are closed when nobody uses them, as soon as
// each has its successor; none is cut in the middle of a query or a transaction.
package leasehold
