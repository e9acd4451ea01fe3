package leasehold

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// pingAfter is pgxpool's own: a connection that was idle for longer is asked before it is lent.
const pingAfter = time.Second

// Config is what a contract comes to for a plain pgxpool, without user and password: for who writes the rest. MaxConnLifetime
// is the contract's, without a jitter, which would leave the overlap. The CA file is read once, where [NewPool] reads it anew.
func Config(contract Contract) (*pgxpool.Config, error) {
	config, err := settings(contract)
	if err != nil {
		return nil, err
	}
	var trusted *ca
	if file := caFileOf(contract); file != "" {
		if trusted, err = readCA(file, nil); err != nil {
			return nil, err
		}
	}
	config.ConnConfig.TLSConfig = tlsConfig(contract, trusted, contract.Host)
	config.MaxConnLifetime = contract.PoolMaxLifetime
	config.MaxConnLifetimeJitter = 0
	return config, nil
}

// settings are those that hold for every pool.
func settings(contract Contract) (*pgxpool.Config, error) {
	// What is not said here pgx takes from PG* variables, of which only those count that the contract does not know.
	config, err := pgxpool.ParseConfig("host=localhost port=5432 user=none password=none dbname=none sslmode=disable")
	if err != nil {
		return nil, fmt.Errorf("pgx cannot be configured: %w", err)
	}
	to := config.ConnConfig
	to.Host, to.Port, to.Database = contract.Host, contract.Port, contract.Database
	to.User, to.Password, to.Fallbacks = "", "", nil
	if contract.Service != "" && to.RuntimeParams["application_name"] == "" {
		to.RuntimeParams["application_name"] = contract.Service
	}
	// A new user has none of the settings that somebody once made for the old one. A pooler refuses a login that asks for it; there
	// the database has it as a default.
	if contract.Schema != "public" && !contract.forbids("startup-parameters") {
		to.RuntimeParams["search_path"] = pgx.Identifier{contract.Schema}.Sanitize()
	}
	if contract.forbids("prepared-statements") {
		to.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	}
	config.MaxConns = contract.PoolMax
	return config, nil
}

// configOf is the configuration of a pool that notices new users: the contract's max lifetime is for those that do not, and
// would only cost logins here.
func (o options) configOf(contract Contract) (*pgxpool.Config, error) {
	config, err := settings(contract)
	if err != nil {
		return nil, err
	}
	for _, configure := range o.configure {
		configure(config)
	}
	return config, staticCredentials(config)
}

// staticCredentials would be used, and never change.
func staticCredentials(config *pgxpool.Config) error {
	var given []string
	if config.ConnConfig.User != "" {
		given = append(given, "User")
	}
	if config.ConnConfig.Password != "" {
		given = append(given, "Password")
	}
	if len(given) == 0 {
		return nil
	}
	return errors.New(strings.Join(given, " and ") +
		" of ConnConfig must not be set: user and password come from the credentials file")
}

// chain has the pool's hooks called beside those of the application, and none in the place of another.
func (p *Pool) chain(config *pgxpool.Config) {
	theirs := *config
	p.beforeConnect = theirs.BeforeConnect
	config.BeforeConnect = p.prepareLogin
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		made := p.loggedIn(conn)
		if theirs.AfterConnect != nil {
			if err := theirs.AfterConnect(ctx, conn); err != nil {
				return err
			}
		}
		p.opened(conn, made)
		return nil
	}
	prepare := theirs.PrepareConn
	//lint:ignore SA1019 Who still uses it has it called, as pgxpool does.
	if before := theirs.BeforeAcquire; prepare == nil && before != nil {
		prepare = func(ctx context.Context, conn *pgx.Conn) (bool, error) { return before(ctx, conn), nil }
	}
	config.PrepareConn = func(ctx context.Context, conn *pgx.Conn) (bool, error) {
		if isOurs(ctx) {
			return true, nil
		}
		if p.succession.active.Load() && p.isOld(conn) && p.succession.closes() {
			return false, nil
		}
		if prepare != nil {
			return prepare(ctx, conn)
		}
		return true, nil
	}
	if theirs.ShouldPing == nil {
		config.ShouldPing = func(_ context.Context, to pgxpool.ShouldPingParams) bool {
			return to.IdleDuration > pingAfter || p.sessions.isDoubtful(to.Conn)
		}
	}
	config.BeforeClose = func(conn *pgx.Conn) {
		// One that nobody here has closed is lost, and so may others be.
		if p.sessions.closed(conn) && conn.IsClosed() {
			p.sessions.lost()
		}
		if theirs.BeforeClose != nil {
			theirs.BeforeClose(conn)
		}
	}
}
