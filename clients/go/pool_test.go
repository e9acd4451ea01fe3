package leasehold_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"leasehold.example/leasehold"
)

func TestManyRotationsUnderLoadFailNoQuery(t *testing.T) {
	p := newPod(t)
	p.change = map[string]any{"poolMax": 10, "overlapSeconds": 1}
	user := p.rotate()
	pool := p.pool()
	var queries, failed atomic.Int64
	var first sync.Once
	ctx, stop := context.WithCancel(t.Context())
	var working sync.WaitGroup
	for worker := range 16 {
		working.Go(func() {
			for ctx.Err() == nil {
				if err := work(pool, worker); err != nil {
					failed.Add(1)
					first.Do(func() { t.Error(err) })
				}
				queries.Add(1)
			}
		})
	}
	const rotations = 12
	for range rotations {
		time.Sleep(300 * time.Millisecond)
		next := p.rotate()
		time.Sleep(time.Second)
		p.must(p.server.Drop(user))
		user = next
	}
	stop()
	working.Wait()
	t.Logf("failed %d of %d in %d rotations; %+v", failed.Load(), queries.Load(), rotations, pool.Rotation())
	if failed.Load() != 0 || pool.Rotation().Rotations != rotations {
		t.Errorf("%d failed, %+v", failed.Load(), pool.Rotation())
	}
}

// work is a query in one of the ways that a pool has, or a transaction.
func work(pool *leasehold.Pool, worker int) error {
	ctx := context.Background()
	var n int
	switch dice := rand.IntN(100); {
	case dice < 2:
		return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, "INSERT INTO numbers VALUES ($1)", worker); err != nil {
				return err
			}
			time.Sleep(time.Duration(rand.IntN(300)) * time.Millisecond)
			_, err := tx.Exec(ctx, "SELECT 1")
			return err
		})
	case dice < 30:
		_, err := pool.Exec(ctx, "SELECT n FROM numbers LIMIT 1")
		return err
	case dice < 50:
		rows, err := pool.Query(ctx, "SELECT generate_series(1, 10)")
		if err != nil {
			return err
		}
		_, err = pgx.CollectRows(rows, pgx.RowTo[int])
		return err
	case dice < 60:
		batch := &pgx.Batch{}
		batch.Queue("SELECT 1")
		batch.Queue("SELECT 2")
		return pool.SendBatch(ctx, batch).Close()
	}
	return pool.QueryRow(ctx, "SELECT n FROM numbers LIMIT 1").Scan(&n)
}

func TestAnOldUserLosesItsIdleConnections(t *testing.T) {
	p := newPod(t)
	old := p.rotate()
	pool := p.pool()
	fill(t, pool, 4)
	if p.sessions(old) != 4 {
		t.Fatalf("%d sessions", p.sessions(old))
	}
	next := p.rotate()
	until(t, "the old user has no session", func() bool { return p.sessions(old) == 0 })
	until(t, "each has its successor", func() bool { return p.sessions(next) == 4 })
	if got := p.user(pool); got != next {
		t.Errorf("user %s", got)
	}
}

// fill has the pool open so many connections.
func fill(t *testing.T, pool *leasehold.Pool, count int) {
	t.Helper()
	lent := make([]*pgxpool.Conn, count)
	for i := range lent {
		var err error
		if lent[i], err = pool.Acquire(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, each := range lent {
		each.Release()
	}
}

func TestALongTransactionIsNotCut(t *testing.T) {
	p := newPod(t)
	p.change = map[string]any{"overlapSeconds": 0.5}
	old := p.rotate()
	overstays := make(chan leasehold.Overstay, 9)
	pool := p.pool(leasehold.WithHooks(leasehold.Hooks{OnOverstay: func(o leasehold.Overstay) { overstays <- o }}))
	tx, err := pool.Begin(t.Context())
	p.must(err)
	next := p.rotate()
	if told := <-overstays; told.Connections != 1 || pool.Rotation().Overstays != 1 {
		t.Errorf("%+v, %+v", told, pool.Rotation())
	}
	_, err = tx.Exec(t.Context(), "SELECT 1")
	p.must(err)
	p.must(tx.Commit(t.Context()))
	until(t, "it is closed when it comes back", func() bool { return p.sessions(old) == 0 })
	// One that outlives its user fails, and nothing else does.
	tx, err = pool.Begin(t.Context())
	p.must(err)
	p.rotate()
	p.must(p.server.Drop(next))
	if _, err = tx.Exec(t.Context(), "SELECT 1"); err == nil {
		t.Error("the session is there")
	}
	_ = tx.Rollback(t.Context())
	p.user(pool)
}

func TestALoginUnderWayWhileTheFileChangesIsOld(t *testing.T) {
	p := newPod(t)
	old := p.rotate()
	begun, goOn := make(chan struct{}), make(chan struct{})
	var once sync.Once
	pool := p.pool(leasehold.WithPoolConfig(func(config *pgxpool.Config) {
		config.AfterConnect = func(context.Context, *pgx.Conn) error {
			once.Do(func() { close(begun); <-goOn })
			return nil
		}
	}))
	lent := make(chan *pgxpool.Conn)
	go func() {
		conn, err := pool.Acquire(context.Background())
		if err != nil {
			t.Error(err)
		}
		lent <- conn
	}()
	<-begun
	next := p.rotate()
	until(t, "the change is seen", func() bool { return pool.Rotation().Generation == 2 })
	close(goOn)
	conn := <-lent
	if got := pool.Rotation().Connections[1]; got != 1 {
		t.Errorf("%+v", pool.Rotation())
	}
	conn.Release()
	until(t, "it is replaced", func() bool { return p.sessions(old) == 0 && p.sessions(next) > 0 })
}

func TestWhereTheNewestUserIsRefusedTheOneBeforeServesOn(t *testing.T) {
	p := newPod(t)
	old := p.rotate()
	pool := p.pool()
	fill(t, pool, 2)
	// The file is there before its user is.
	p.must(p.file.Write("v-not-yet"))
	until(t, "the refusal is known", func() bool { return pool.Rotation().NewestRefused })
	fill(t, pool, 4)
	if p.user(pool) != old || p.sessions(old) != 4 {
		t.Errorf("%d sessions of the user before", p.sessions(old))
	}
	if _, err := pool.AcquireFresh(t.Context()); err == nil || !strings.Contains(err.Error(), "v-not-yet") {
		t.Errorf("a fresh one: %v", err)
	}
	p.must(p.server.Admin(fmt.Sprintf(`CREATE ROLE "v-not-yet" LOGIN PASSWORD '%s' IN ROLE %s`, password, group)))
	defer func() { p.must(p.server.Drop("v-not-yet")) }()
	until(t, "the new one serves", func() bool { return p.sessions(old) == 0 && p.user(pool) == "v-not-yet" })
	if pool.Rotation().NewestRefused {
		t.Error("it is accepted now")
	}
	pool.Close()
}

func TestARefusedLoginReadsTheFileAgain(t *testing.T) {
	for name, use := range map[string]func(*leasehold.Pool) error{
		"Exec": func(pool *leasehold.Pool) error { _, err := pool.Exec(context.Background(), "SELECT 1"); return err },
		"QueryRow": func(pool *leasehold.Pool) error {
			var n int
			return pool.QueryRow(context.Background(), "SELECT 1").Scan(&n)
		},
		"Query": func(pool *leasehold.Pool) error {
			rows, err := pool.Query(context.Background(), "SELECT 1")
			rows.Close()
			return err
		},
		"Begin": func(pool *leasehold.Pool) error {
			tx, err := pool.Begin(context.Background())
			if err == nil {
				err = tx.Rollback(context.Background())
			}
			return err
		},
		"SendBatch": func(pool *leasehold.Pool) error {
			batch := &pgx.Batch{}
			batch.Queue("SELECT 1")
			return pool.SendBatch(context.Background(), batch).Close()
		},
		"database/sql": func(pool *leasehold.Pool) error { return pool.OpenDB().Ping() },
	} {
		t.Run(name, func(t *testing.T) {
			p := newPod(t)
			user := p.rotate()
			pool := p.pool()
			p.must(pool.Refresh(t.Context()))
			p.must(p.server.Drop(user))
			// The file is away for a moment, as on a slow disk.
			p.must(os.Remove(string(p.file)))
			p.writeLater(p.make())
			p.must(use(pool))
			if pool.Rotation().Retries == 0 {
				t.Errorf("%+v", pool.Rotation())
			}
		})
	}
}

func TestAQueryIsNeverTriedAgain(t *testing.T) {
	p := newPod(t)
	p.rotate()
	pool := p.pool()
	// A query that says what a refused login says.
	_, err := pool.Exec(t.Context(), "DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '28P01'; END $$")
	var refused *pgconn.PgError
	if !errors.As(err, &refused) || refused.Code != "28P01" || pool.Rotation().Retries != 0 {
		t.Errorf("%v, %+v", err, pool.Rotation())
	}
}

func TestAMissingFileIsWaitedFor(t *testing.T) {
	p := newPod(t)
	pool := p.pool()
	p.writeLater(p.make())
	p.user(pool)
	late := newPod(t)
	_, err := userOf(t.Context(), late.pool(leasehold.WithCredentialsTimeout(100*time.Millisecond)))
	var missing *leasehold.CredentialsError
	if !errors.As(err, &missing) || missing.Reason != leasehold.Missing || missing.File != string(late.file) {
		t.Errorf("%v", err)
	}
}

func TestABadFileIsToldAndTheLastGoodOneKept(t *testing.T) {
	p := newPod(t)
	user := p.rotate()
	told := make(chan *leasehold.CredentialsError, 9)
	pool := p.pool(leasehold.WithHooks(leasehold.Hooks{OnCredentialsError: func(e *leasehold.CredentialsError) { told <- e }}))
	p.user(pool)
	expect := func(reason leasehold.Reason) {
		t.Helper()
		if got := <-told; got.Reason != reason {
			t.Errorf("%v", got)
		}
		if got := p.user(pool); got != user {
			t.Errorf("user %s", got)
		}
	}
	p.must(p.file.Replace(`{"username":"v-half`))
	expect(leasehold.Malformed)
	p.must(os.Remove(string(p.file)))
	expect(leasehold.Missing)
	p.must(os.Mkdir(string(p.file), 0o700))
	expect(leasehold.Unreadable)
	p.must(os.Remove(string(p.file)))
	expect(leasehold.Missing)
	user = p.rotate()
	until(t, "the good one is taken", func() bool { return p.user(pool) == user })
	if got := pool.Rotation().CredentialsErrors; got != 4 {
		t.Errorf("%d errors", got)
	}
}

func TestADirectoryThatIsReplacedAsKubernetesDoes(t *testing.T) {
	p := newPod(t)
	mount := t.TempDir()
	publish := func(version string) string {
		user := p.make()
		directory := filepath.Join(mount, version)
		p.must(os.Mkdir(directory, 0o755))
		text := fmt.Sprintf(`{"username":%q,"password":%q}`, user, password)
		p.must(os.WriteFile(filepath.Join(directory, "shop.json"), []byte(text), 0o600))
		p.must(os.Symlink(version, filepath.Join(mount, "..tmp")))
		p.must(os.Rename(filepath.Join(mount, "..tmp"), filepath.Join(mount, "..data")))
		return user
	}
	publish("..1")
	p.must(os.Symlink("..data/shop.json", filepath.Join(mount, "shop.json")))
	p.change = map[string]any{"credentialsFile": filepath.Join(mount, "shop.json")}
	pool := p.pool()
	p.user(pool)
	next := publish("..2")
	until(t, "the new user serves", func() bool { return p.user(pool) == next })
}

func TestPostgresRestartsDuringARotation(t *testing.T) {
	p := newPod(t)
	old := p.rotate()
	pool := p.pool()
	fill(t, pool, 4)
	next := p.make()
	p.must(p.server.Drop(old))
	p.server.End()
	p.must(p.file.Write(next))
	if _, err := userOf(t.Context(), pool); err == nil {
		t.Error("there is no server")
	}
	p.must(p.server.Begin())
	// At the first attempt after it, whatever was before.
	if got := p.user(pool); got != next {
		t.Errorf("user %s", got)
	}
	until(t, "nothing of the old user is left", func() bool { return pool.Rotation().Connections[1] == 0 })
}

func TestListenMovesByItself(t *testing.T) {
	p := newPod(t)
	old := p.rotate()
	pool := p.pool()
	heard := make(chan string, 100)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- pool.Listen(ctx, "Orders", func(n *pgconn.Notification) { heard <- n.Payload })
	}()
	hears := func(text string) {
		t.Helper()
		until(t, "it hears "+text, func() bool {
			p.must(p.server.Admin(`SELECT pg_notify('Orders', $1)`, text))
			for {
				select {
				case got := <-heard:
					if got == text {
						return true
					}
				case <-time.After(50 * time.Millisecond):
					return false
				}
			}
		})
	}
	hears("first")
	p.rotate()
	until(t, "it has moved", func() bool { return p.sessions(old) == 0 })
	hears("second")
	p.must(p.server.Admin("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"))
	hears("third")
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	until(t, "it gives its connection back", func() bool { return pool.Stat().AcquiredConns() == 0 })
}

func TestHooksThatPanicDoNotHurt(t *testing.T) {
	p := newPod(t)
	p.change = map[string]any{"overlapSeconds": 0.2}
	old := p.rotate()
	pool := p.pool(leasehold.WithHooks(leasehold.Hooks{
		OnRotation:         func(leasehold.Rotation) { panic("rotation") },
		OnOverstay:         func(leasehold.Overstay) { panic("overstay") },
		OnCredentialsError: func(*leasehold.CredentialsError) { panic("trouble") },
	}))
	conn, err := pool.Acquire(t.Context())
	p.must(err)
	p.must(p.file.Replace("none"))
	until(t, "trouble is told", func() bool { return strings.Contains(p.log.String(), "OnCredentialsError has panicked") })
	next := p.rotate()
	until(t, "both are told", func() bool {
		return strings.Contains(p.log.String(), "OnRotation has panicked") && strings.Contains(p.log.String(), "OnOverstay has panicked")
	})
	conn.Release()
	until(t, "the pool goes on", func() bool { return p.sessions(old) == 0 && p.user(pool) == next })
}

func TestTheApplicationsHooksAreCalledAsWell(t *testing.T) {
	p := newPod(t)
	p.rotate()
	var mu sync.Mutex
	called := map[string]int{}
	count := func(name string) {
		mu.Lock()
		defer mu.Unlock()
		called[name]++
	}
	pool := p.pool(leasehold.WithPoolConfig(func(config *pgxpool.Config) {
		config.MaxConns = 2
		config.BeforeConnect = func(context.Context, *pgx.ConnConfig) error { count("BeforeConnect"); return nil }
		config.AfterConnect = func(context.Context, *pgx.Conn) error { count("AfterConnect"); return nil }
		config.PrepareConn = func(context.Context, *pgx.Conn) (bool, error) { count("PrepareConn"); return true, nil }
		config.AfterRelease = func(*pgx.Conn) bool { count("AfterRelease"); return true }
		config.BeforeClose = func(*pgx.Conn) { count("BeforeClose") }
	}))
	p.user(pool)
	if pool.Stat().MaxConns() != 2 {
		t.Errorf("%d connections at most", pool.Stat().MaxConns())
	}
	pool.Close()
	for _, name := range []string{"BeforeConnect", "AfterConnect", "PrepareConn", "AfterRelease", "BeforeClose"} {
		if called[name] == 0 {
			t.Errorf("%s is not called: %v", name, called)
		}
	}
}

func TestStaticCredentialsAreRefused(t *testing.T) {
	p := newPod(t)
	_, err := leasehold.NewPool(t.Context(), leasehold.WithContract(p.server.Contract(p.file, nil)),
		leasehold.WithPoolConfig(func(config *pgxpool.Config) { config.ConnConfig.User = "app" }))
	if err == nil || !strings.Contains(err.Error(), "User of ConnConfig must not be set") {
		t.Errorf("%v", err)
	}
}

func TestDrain(t *testing.T) {
	p := newPod(t)
	p.rotate()
	pool := p.pool()
	conn, err := pool.Acquire(t.Context())
	p.must(err)
	time.AfterFunc(100*time.Millisecond, conn.Release)
	p.must(pool.Drain(t.Context()))
	if _, err := pool.Exec(t.Context(), "SELECT 1"); !errors.Is(err, leasehold.ErrDraining) {
		t.Errorf("%v", err)
	}
	if pool.Live() == nil || pool.Ready(t.Context()) == nil {
		t.Error("it has ended")
	}
	pool.Close()

	slow := p.pool()
	conn, err = slow.Acquire(t.Context())
	p.must(err)
	limited, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	var unfinished *leasehold.UnfinishedError
	if err := slow.Drain(limited); !errors.As(err, &unfinished) || unfinished.Connections != 1 {
		t.Errorf("%v", err)
	}
	conn.Release()
}

func TestDatabaseSQLBeside(t *testing.T) {
	p := newPod(t)
	old := p.rotate()
	pool := p.pool()
	db := pool.OpenDB()
	defer db.Close()
	user := func() (user string) {
		p.must(db.QueryRowContext(t.Context(), "SELECT current_user").Scan(&user))
		return user
	}
	if user() != old {
		t.Error("another user")
	}
	next := p.rotate()
	until(t, "nothing of the old user is kept", func() bool { return p.sessions(old) == 0 })
	if user() != next || db.Stats().Idle != 0 {
		t.Errorf("%+v", db.Stats())
	}
}

func TestGoroutinesStayFlat(t *testing.T) {
	rotations := 2000
	if testing.Short() {
		rotations = 100
	}
	p := newPod(t)
	users := make([]string, 8)
	for i := range users {
		users[i] = p.make()
	}
	p.must(p.file.Write(users[0]))
	pool := p.pool()
	fill(t, pool, 4)
	rotate := func(count int) int {
		for i := range count {
			before := pool.Rotation().Generation
			p.must(p.file.Write(users[before%len(users)]))
			for pool.Rotation().Generation == before {
				p.must(pool.Refresh(t.Context()))
			}
			if i%10 == 0 {
				p.user(pool)
			}
		}
		until(t, "all are replaced", func() bool {
			counts := pool.Rotation().Connections
			return len(counts) == 1 && counts[pool.Rotation().Generation] > 0
		})
		time.Sleep(200 * time.Millisecond)
		return runtime.NumGoroutine()
	}
	before := rotate(20)
	after := rotate(rotations)
	t.Logf("%d goroutines after 20 rotations, %d after %d more", before, after, rotations)
	if after > before+4 {
		t.Errorf("%d goroutines, and then %d", before, after)
	}
}
