package leasehold

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// listenAgainAfter is how soon a session is opened anew that was lost.
const listenAgainAfter = 500 * time.Millisecond

// Listen has a function told of the notifications of a channel until the context ends, whose error it returns. At each rotation
// it moves to a connection of the new user, and listens there before it leaves the old one: what is sent meanwhile may come
// twice. What is sent while no session can be had, after a restart of PostgreSQL, does not come. It keeps one connection out of the
// pool, two while it moves. Where the pool goes by a pooler that hands connections on, it is refused.
func (p *Pool) Listen(ctx context.Context, channel string, handle func(*pgconn.Notification)) error {
	if p.contract.forbids("listen") {
		return fmt.Errorf("listening needs a session of one's own, and the pooler %q gives its connections to others "+
			"between two transactions: listen by a way to the server itself", p.contract.Endpoint.Name)
	}
	var before *pgxpool.Conn
	for {
		conn, err := p.listening(ctx, channel)
		if before != nil {
			p.leave(ctx, before, channel, handle)
		}
		if err == nil {
			err = p.hear(ctx, conn, handle)
			before = conn
		} else {
			before = nil
		}
		if ctx.Err() != nil || p.isEnded() {
			if before != nil {
				p.end(before)
			}
			return endOf(ctx)
		}
		if err != nil {
			p.log(slog.LevelWarn, "the session that listens is lost and opened anew", slog.String("error", err.Error()))
			if before != nil {
				p.end(before)
				before = nil
			}
			pause(ctx, listenAgainAfter)
		}
	}
}

func (p *Pool) listening(ctx context.Context, channel string) (*pgxpool.Conn, error) {
	conn, err := p.AcquireFresh(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Exec(ctx, "LISTEN "+pgx.Identifier{channel}.Sanitize()); err != nil {
		p.end(conn)
		return nil, err
	}
	return conn, nil
}

// hear waits for notifications until there is a newer user, which is no error.
func (p *Pool) hear(ctx context.Context, conn *pgxpool.Conn, handle func(*pgconn.Notification)) error {
	for !p.isOld(conn.Conn()) || p.watch.verdictOf(p.watch.newest()) != accepted {
		limited, cancel := context.WithTimeout(ctx, pollEvery)
		notification, err := conn.Conn().WaitForNotification(limited)
		over := limited.Err() != nil
		cancel()
		switch {
		case err == nil:
			handle(notification)
		case ctx.Err() != nil || p.isEnded():
			return nil
		case !over || conn.Conn().IsClosed():
			return err
		}
	}
	return nil
}

// leave hears what has come in the meantime, and gives the connection back without its LISTEN.
func (p *Pool) leave(ctx context.Context, conn *pgxpool.Conn, channel string, handle func(*pgconn.Notification)) {
	defer p.end(conn)
	if _, err := conn.Exec(ctx, "UNLISTEN "+pgx.Identifier{channel}.Sanitize()); err != nil {
		return
	}
	over, cancel := context.WithCancel(ctx)
	cancel()
	for {
		notification, err := conn.Conn().WaitForNotification(over)
		if err != nil {
			return
		}
		handle(notification)
	}
}

// end closes a connection: another one must not inherit what it listens to.
func (p *Pool) end(conn *pgxpool.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	p.giveUp(ctx, conn)
}

func endOf(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return errEnded
}

func pause(ctx context.Context, how time.Duration) {
	select {
	case <-time.After(how):
	case <-ctx.Done():
	}
}
