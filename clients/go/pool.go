package leasehold

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// overstayShare of the overlap is when it is nearly over: the rest is for whoever wants to do something about it.
const overstayShare = 0.8

// Pool is a pgxpool for credentials that change. What it embeds is the pool itself, for libraries that want one: that opens
// its connections with the newest user and gives up those of an old one as well. Only a login that is refused is tried again by the
// methods of this type alone.
type Pool struct {
	*pgxpool.Pool

	plain         *pgxpool.Pool
	contract      Contract
	options       options
	watch         *watch
	sessions      *sessions
	succession    *succession
	maxConns      int32
	tls           *tls.Config
	beforeConnect func(context.Context, *pgx.ConnConfig) error

	draining  atomic.Bool
	waiting   atomic.Int64
	retries   atomic.Int64
	overstays atomic.Int64
	timerMu   sync.Mutex
	timer     *time.Timer
	closeOnce sync.Once
	closed    chan struct{}
}

// NewPool makes a pool of what the contract says. It opens no connection, and does not wait for the credentials file:
// connections do. The error is a [*ContractError] where the contract cannot be used.
func NewPool(ctx context.Context, given ...Option) (*Pool, error) {
	o := optionsOf(given)
	contract, err := o.contract()
	if err != nil {
		return nil, err
	}
	config, err := o.configOf(contract)
	if err != nil {
		return nil, err
	}
	p := &Pool{contract: contract, options: o, maxConns: config.MaxConns, closed: make(chan struct{})}
	p.sessions = &sessions{open: map[*pgx.Conn]session{}}
	p.succession = newSuccession(p)
	p.tls = config.ConnConfig.TLSConfig
	p.chain(config)
	p.watch = newWatch(p.source())
	if p.plain, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, err
	}
	p.Pool = p.plain
	go p.watch.run()
	return p, nil
}

func (p *Pool) source() source {
	file := caFileOf(p.contract)
	if p.tls != nil {
		file = ""
	}
	return source{p.contract, p.options.parse, file, p.rotated, p.inTrouble}
}

// Contract is what the pool was made of.
func (p *Pool) Contract() Contract { return p.contract }

// Format prints which pool it is; never a secret.
func (p *Pool) Format(state fmt.State, _ rune) {
	_, _ = fmt.Fprintf(state, "leasehold.Pool(%s)", p.contract.Name)
}

// Refresh reads the credentials file now; the pool does so by itself ten times a second.
func (p *Pool) Refresh(ctx context.Context) error { return p.watch.look(ctx) }

// Close ends the pool: it waits until all connections are returned, and closes them.
func (p *Pool) Close() {
	p.closeOnce.Do(func() {
		p.watch.end()
		p.timerMu.Lock()
		if p.timer != nil {
			p.timer.Stop()
		}
		p.timerMu.Unlock()
		p.plain.Close()
		close(p.closed)
	})
	<-p.closed
}

func (p *Pool) isEnded() bool { return p.watch.ended.Err() != nil }

// prepareLogin gives a connection what changes. The application's own hook is asked first: user and password are the file's.
func (p *Pool) prepareLogin(ctx context.Context, config *pgx.ConnConfig) error {
	if p.beforeConnect != nil {
		if err := p.beforeConnect(ctx, config); err != nil {
			return err
		}
	}
	began(ctx)
	if err := p.watch.first(ctx, p.options.credentialsTimeout); err != nil {
		return err
	}
	p.logInWith(config, p.watch.usable(ctx))
	return nil
}

func (p *Pool) logInWith(config *pgx.ConnConfig, made *generation) {
	config.User, config.Password = made.credentials.User, string(made.credentials.Password)
	if p.tls != nil {
		return
	}
	trusted := p.watch.trusted()
	config.TLSConfig = tlsConfig(p.contract, trusted, config.Host)
	for _, each := range config.Fallbacks {
		each.TLSConfig = tlsConfig(p.contract, trusted, each.Host)
	}
}

// loggedIn takes note of a login, and gives what it was made with.
func (p *Pool) loggedIn(conn *pgx.Conn) *generation {
	config := conn.Config()
	made := p.watch.find(config.User, config.Password)
	p.watch.judge(made, accepted)
	return made
}

// opened takes note of a connection. One that was on its way while the file was replaced is old.
func (p *Pool) opened(conn *pgx.Conn, made *generation) {
	number := 0
	if made != nil {
		number = made.number
	}
	p.sessions.opened(conn, number)
	if number < p.watch.number() {
		p.succession.ensure()
	}
}

func (p *Pool) isOld(conn *pgx.Conn) bool {
	return p.sessions.generationOf(conn) < p.watch.number()
}

// giveUp closes a connection that was lent.
func (p *Pool) giveUp(ctx context.Context, conn *pgxpool.Conn) {
	p.sessions.closed(conn.Conn())
	_ = conn.Conn().Close(ctx)
	conn.Release()
}

func (p *Pool) old() int { return p.sessions.before(p.watch.number()) }

func (p *Pool) rotated(newest *generation) {
	if p.isEnded() {
		return
	}
	p.succession.begin()
	p.timerMu.Lock()
	if p.timer != nil {
		p.timer.Stop()
	}
	p.timer = time.AfterFunc(share(p.contract.Overlap, overstayShare), p.overstayed)
	p.timerMu.Unlock()
	old := p.sessions.before(newest.number)
	p.log(slog.LevelInfo, "new database user", slog.Int("generation", newest.number), slog.Int("old", old))
	tell(p, "OnRotation", p.options.hooks.OnRotation, Rotation{newest.number, old})
}

func (p *Pool) overstayed() {
	old := p.old()
	if old == 0 || p.isEnded() {
		return
	}
	p.overstays.Add(int64(old))
	left := p.contract.Overlap - share(p.contract.Overlap, overstayShare)
	p.log(slog.LevelWarn, "connections of an old database user are still open",
		slog.Int("connections", old), slog.Float64("seconds_left", left.Seconds()))
	tell(p, "OnOverstay", p.options.hooks.OnOverstay, Overstay{old, left})
}

func (p *Pool) inTrouble(trouble *CredentialsError) {
	p.log(slog.LevelError, trouble.Error(), slog.String("reason", string(trouble.Reason)))
	tell(p, "OnCredentialsError", p.options.hooks.OnCredentialsError, trouble)
}

// log writes a line about this pool.
func (p *Pool) log(level slog.Level, message string, attributes ...slog.Attr) {
	attributes = append(attributes, slog.String("database", p.contract.Name), slog.String("service", p.contract.Service))
	p.options.logger.LogAttrs(context.Background(), level, message, attributes...)
}

// tell calls what the application gave, and lets nothing of it get in the way.
func tell[T any](p *Pool, name string, hook func(T), what T) {
	if hook == nil {
		return
	}
	go func() {
		defer func() {
			if thrown := recover(); thrown != nil {
				p.log(slog.LevelError, name+" has panicked, and the pool goes on without it", slog.String("panic", fmt.Sprint(thrown)))
			}
		}()
		hook(what)
	}()
}

func share(of time.Duration, part float64) time.Duration { return time.Duration(float64(of) * part) }
