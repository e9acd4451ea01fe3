package leasehold

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

const (
	// wholeWithin is how long a refused login waits for the files to be read again, and to be whole.
	wholeWithin = 5 * time.Second
	// mostRetries: who replaces files all the time is not followed for ever.
	mostRetries = 5
	// arrivalEvery is how often a replica is asked whether a user has come.
	arrivalEvery = 250 * time.Millisecond
)

// retried tries again where a login was refused that other credentials may mend. A query is never tried again: when a login
// fails, none has been sent.
func retried[T any](ctx context.Context, p *Pool, try func() (T, error)) (T, error) {
	if p.draining.Load() {
		var none T
		return none, ErrDraining
	}
	p.waiting.Add(1)
	defer p.waiting.Add(-1)
	began := time.Now()
	for tries := 0; ; tries++ {
		got, err := try()
		if err == nil {
			return got, nil
		}
		login := loginOf(err)
		if login != nil && isRefusal(login) && p.comes(began) {
			p.retries.Add(1)
			pause(ctx, arrivalEvery)
			tries--
			continue
		}
		if login == nil || tries == mostRetries || !p.mayMend(ctx, login, tries) {
			return got, p.explained(err)
		}
		p.retries.Add(1)
	}
}

// comes says whether a replica that has refused a user may have it soon. Where a user before has come, that one serves on.
func (p *Pool) comes(since time.Time) bool {
	awaited := p.contract.awaitsFirstUser() && !p.watch.everAccepted() && !p.draining.Load() && !p.isEnded()
	return awaited && time.Since(since) < p.options.credentialsTimeout
}

// mayMend reads the files again where a login was refused, and says whether another try may end otherwise.
func (p *Pool) mayMend(ctx context.Context, login *pgconn.ConnectError, tries int) bool {
	distrusted := isDistrust(login)
	if isRefusal(login) {
		p.watch.judge(p.watch.find(login.Config.User, login.Config.Password), refused)
	} else if !distrusted && codeOf(login) != endedCode {
		return false
	}
	trusted := p.watch.trusted()
	limited, cancel := context.WithTimeout(ctx, wholeWithin)
	defer cancel()
	p.watch.whole(limited)
	if ctx.Err() != nil {
		return false
	}
	usable := p.watch.usable(ctx)
	changed := usable.credentials.User != login.Config.User || string(usable.credentials.Password) != login.Config.Password
	// PostgreSQL may think otherwise of the same user; of the same CA nobody does.
	return changed || p.watch.trusted() != trusted || tries == 0 && !distrusted
}

// explained says what to do about a server that is not trusted.
func (p *Pool) explained(err error) error {
	login := loginOf(err)
	if login == nil || !isDistrust(err) {
		return err
	}
	file := p.watch.source.caFile
	return &TrustError{login.Config.Host, login.Config.Port, adviceOn(err, file, p.watch.troubleOf(file)), login}
}
