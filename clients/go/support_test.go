package leasehold_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"leasehold.example/leasehold"
	"leasehold.example/leasehold/internal/postgres"
)

const group = "shop_rw"

var server *postgres.Server

func TestMain(m *testing.M) {
	os.Exit(withServer(m))
}

func withServer(m *testing.M) int {
	var err error
	if server, err = postgres.Start(nil); err != nil {
		panic(err)
	}
	defer server.Stop()
	for _, each := range []string{
		"CREATE TABLE numbers (n integer)", "INSERT INTO numbers VALUES (1)", "CREATE ROLE " + group + " NOLOGIN",
		"GRANT SELECT, INSERT, UPDATE ON numbers TO " + group,
	} {
		if err := server.Admin(each); err != nil {
			panic(err)
		}
	}
	return m.Run()
}

// pod is an application's surroundings: its file, its contract, what it logs.
type pod struct {
	t      *testing.T
	server *postgres.Server
	file   postgres.AgentFile
	change map[string]any
	log    logged
	users  []string
}

func newPod(t *testing.T) *pod {
	t.Helper()
	return &pod{t: t, server: server, file: postgres.AgentFile(filepath.Join(t.TempDir(), "shop.json"))}
}

// rotate makes a user and writes its file.
func (p *pod) rotate() string {
	p.t.Helper()
	user := p.make()
	p.must(p.file.Write(user))
	return user
}

func (p *pod) make() string {
	p.t.Helper()
	user, err := p.server.NextUser(group)
	p.must(err)
	p.users = append(p.users, user)
	return user
}

// writeLater writes the file of a user while somebody waits for it.
func (p *pod) writeLater(user string) {
	time.AfterFunc(300*time.Millisecond, func() {
		if err := p.file.Write(user); err != nil {
			p.t.Error(err)
		}
	})
}

// pool is one of this pod; it is closed at the end of the test.
func (p *pod) pool(options ...leasehold.Option) *leasehold.Pool {
	p.t.Helper()
	logger := slog.New(slog.NewJSONHandler(&p.log, nil))
	all := append([]leasehold.Option{leasehold.WithContract(p.server.Contract(p.file, p.change)), leasehold.WithLogger(logger)}, options...)
	pool, err := leasehold.NewPool(p.t.Context(), all...)
	p.must(err)
	p.t.Cleanup(pool.Close)
	return pool
}

func (p *pod) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *pod) user(pool *leasehold.Pool) string {
	p.t.Helper()
	user, err := userOf(p.t.Context(), pool)
	p.must(err)
	return user
}

func userOf(ctx context.Context, pool *leasehold.Pool) (user string, err error) {
	err = pool.QueryRow(ctx, "SELECT current_user").Scan(&user)
	return user, err
}

func (p *pod) sessions(user string) int {
	p.t.Helper()
	count, err := p.server.Count("SELECT count(*) FROM pg_stat_activity WHERE usename = $1", user)
	p.must(err)
	return count
}

// logged is what was logged, by whoever.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(text)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it did not come about: " + what)
		}
	}
}

const password = postgres.Password
