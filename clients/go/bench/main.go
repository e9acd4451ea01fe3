// Command bench shows what an application notices of its credentials being replaced, for several ways to hold a pgxpool, side
// by side on one real PostgreSQL: `go run ./bench`, `go run ./bench -period 4s -overlap 3s -rotations 12`.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"leasehold.example/leasehold"
	"leasehold.example/leasehold/internal/postgres"
)

const (
	group   = "shop_rw"
	poolMax = 16
	// transactionShare of the work are transactions of transactionTime.
	transactionShare = 0.002
	transactionTime  = time.Second
	// afterRotation is how long after a new file a query counts among those of the last column.
	afterRotation = time.Second
)

type timing struct {
	period, overlap time.Duration
	rotations       int
	workers         int
	rounds          int
}

// database is what an application needs of a pool.
type database interface {
	QueryRow(ctx context.Context, query string, arguments ...any) pgx.Row
	Begin(ctx context.Context) (pgx.Tx, error)
	Close()
}

type variant struct {
	name  string
	start func(context.Context, leasehold.Contract, []byte) (database, error)
}

var variants = []variant{
	{"plain pgxpool, static user", static},
	{"leasehold", func(ctx context.Context, _ leasehold.Contract, document []byte) (database, error) {
		return leasehold.NewPool(ctx, leasehold.WithContract(document), leasehold.WithLogger(slog.New(slog.DiscardHandler)))
	}},
	{"pgxpool, file read in BeforeConnect", recipe},
}

func static(ctx context.Context, contract leasehold.Contract, _ []byte) (database, error) {
	config, err := leasehold.Config(contract)
	if err != nil {
		return nil, err
	}
	config.ConnConfig.User, config.ConnConfig.Password = "static_orders", postgres.Password
	config.MaxConnLifetime = time.Hour
	return pgxpool.NewWithConfig(ctx, config)
}

// recipe is what pgxpool can do by itself: connections live for less than the overlap.
func recipe(ctx context.Context, contract leasehold.Contract, _ []byte) (database, error) {
	config, err := leasehold.Config(contract)
	if err != nil {
		return nil, err
	}
	config.BeforeConnect = func(_ context.Context, config *pgx.ConnConfig) error {
		text, err := os.ReadFile(contract.CredentialsFile)
		if err != nil {
			return err
		}
		var read struct{ Username, Password string }
		if err := json.Unmarshal(text, &read); err != nil {
			return err
		}
		config.User, config.Password = read.Username, read.Password
		return nil
	}
	return pgxpool.NewWithConfig(ctx, config)
}

// load is what a run has seen.
type load struct {
	queries, failed atomic.Int64
	rotatedAt       atomic.Int64
	mu              sync.Mutex
	latencies       []time.Duration
	after           []time.Duration
	failures        map[string]int
}

func main() {
	var t timing
	flag.DurationVar(&t.period, "period", 14*time.Second, "from one new file to the next")
	flag.DurationVar(&t.overlap, "overlap", 2*time.Second, "how long the old user lives on")
	flag.IntVar(&t.rotations, "rotations", 5, "how many")
	flag.IntVar(&t.workers, "workers", 16, "how many ask at the same time")
	flag.IntVar(&t.rounds, "rounds", 3, "how often each has its turn: a machine is busier at one time than at another")
	flag.Parse()
	if err := run(t); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(t timing) error {
	server, err := postgres.Start(nil)
	if err != nil {
		return err
	}
	defer server.Stop()
	for _, each := range []string{
		"CREATE TABLE orders (id int PRIMARY KEY, total numeric)", "INSERT INTO orders SELECT id, 1 FROM generate_series(1, 1000) AS id",
		"CREATE ROLE " + group + " NOLOGIN", "GRANT SELECT, UPDATE ON orders TO " + group,
		"CREATE ROLE static_orders LOGIN PASSWORD '" + postgres.Password + "' IN ROLE " + group,
	} {
		if err := server.Admin(each); err != nil {
			return err
		}
	}
	fmt.Printf("%d times %d rotations, one each %s with an overlap of %s, %d workers on %d connections\n\n", t.rounds, t.rotations, t.period, t.overlap, t.workers, poolMax)
	fmt.Printf("%-38s %9s %6s %9s %8s %8s %12s %10s %8s %8s %10s %9s\n", "pool", "queries", "failed", "queries/s", "p99 ms", "max ms", "p99 after ms", "throughput", "p99", "after", "of its own", "cpu/query")
	results := make([]result, len(variants))
	for range t.rounds {
		for i, each := range variants {
			if err := measure(server, t, each, &results[i]); err != nil {
				return err
			}
		}
	}
	for i, each := range variants {
		results[i].print(each.name, &results[0])
	}
	return nil
}

type result struct {
	load    load
	seconds float64
	cpu     time.Duration
}

func (r *result) print(name string, base *result) {
	rate := func(of *result) float64 { return float64(of.load.queries.Load()) / of.seconds }
	perQuery := func(of *result) float64 { return of.cpu.Seconds() / float64(of.load.queries.Load()) }
	millis := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	p99, after := quantile(r.load.latencies, 0.99), quantile(r.load.after, 0.99)
	fmt.Printf("%-38s %9d %6d %9.0f %8.2f %8.1f %12.2f %8.3f x %6.2f x %6.2f x %8.2f x %7.2f x\n", name, r.load.queries.Load(), r.load.failed.Load(), rate(r),
		millis(p99), millis(quantile(r.load.latencies, 1)), millis(after), rate(r)/rate(base),
		float64(p99)/float64(quantile(base.load.latencies, 0.99)), float64(after)/float64(quantile(base.load.after, 0.99)), float64(after)/float64(p99), perQuery(r)/perQuery(base))
	for message, count := range r.load.failures {
		fmt.Printf("  %d x %s\n", count, message)
	}
}

func quantile(of []time.Duration, share float64) time.Duration {
	if len(of) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(of))
	return sorted[min(len(sorted)-1, int(share*float64(len(sorted))))]
}

func measure(server *postgres.Server, t timing, which variant, into *result) error {
	directory, err := os.MkdirTemp("", "leasehold-rotation-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(directory)
	file := postgres.AgentFile(filepath.Join(directory, "shop.json"))
	user, err := rotate(server, file)
	if err != nil {
		return err
	}
	document := server.Contract(file, map[string]any{
		"poolMax": poolMax, "overlapSeconds": t.overlap.Seconds(), "poolMaxLifetimeSeconds": 0.9*t.overlap.Seconds() - transactionTime.Seconds()/2,
	})
	path := filepath.Join(directory, "contract.json")
	if err := os.WriteFile(path, document, 0o600); err != nil {
		return err
	}
	if err := os.Setenv("LEASEHOLD_CONTRACT", path); err != nil {
		return err
	}
	contract, err := leasehold.ReadContract("")
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	pool, err := which.start(ctx, contract, document)
	if err != nil {
		return err
	}
	seen := &into.load
	if seen.failures == nil {
		seen.failures = map[string]int{}
	}
	seen.rotatedAt.Store(0)
	before, startedAt := cpu(), time.Now()
	var working sync.WaitGroup
	for worker := range t.workers {
		working.Go(func() { work(ctx, pool, worker, seen) })
	}
	for range t.rotations {
		time.Sleep(t.period - t.overlap)
		next, err := rotate(server, file)
		if err != nil {
			return err
		}
		seen.rotatedAt.Store(time.Now().UnixNano())
		time.Sleep(t.overlap)
		if err := server.Drop(user); err != nil {
			return err
		}
		user = next
	}
	stop()
	working.Wait()
	into.seconds += time.Since(startedAt).Seconds()
	into.cpu += cpu() - before
	pool.Close()
	return nil
}

func rotate(server *postgres.Server, file postgres.AgentFile) (string, error) {
	user, err := server.NextUser(group)
	if err != nil {
		return "", err
	}
	return user, file.Write(user)
}

// cpu is what this process has used.
func cpu() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func work(ctx context.Context, pool database, worker int, seen *load) {
	random := rand.New(rand.NewPCG(uint64(worker), 4711))
	for ctx.Err() == nil {
		var err error
		if random.Float64() < transactionShare {
			err = transaction(pool, worker)
		} else {
			err = short(pool, seen)
		}
		seen.queries.Add(1)
		if err != nil {
			seen.failed.Add(1)
			seen.mu.Lock()
			seen.failures[err.Error()]++
			seen.mu.Unlock()
			time.Sleep(20 * time.Millisecond)
		}
		time.Sleep(time.Duration(2+random.IntN(6)) * time.Millisecond)
	}
}

func short(pool database, seen *load) error {
	startedAt := time.Now()
	var total float64
	err := pool.QueryRow(context.Background(), "SELECT total::float8 FROM orders WHERE id = $1", 1).Scan(&total)
	taken := time.Since(startedAt)
	rotatedAt := seen.rotatedAt.Load()
	seen.mu.Lock()
	defer seen.mu.Unlock()
	seen.latencies = append(seen.latencies, taken)
	if rotatedAt > 0 && startedAt.UnixNano()-rotatedAt < int64(afterRotation) {
		seen.after = append(seen.after, taken)
	}
	return err
}

func transaction(pool database, worker int) error {
	ctx := context.Background()
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "UPDATE orders SET total = total + 1 WHERE id = $1", 2+worker); err != nil {
			return err
		}
		time.Sleep(transactionTime)
		_, err := tx.Exec(ctx, "SELECT 1")
		return err
	})
}
