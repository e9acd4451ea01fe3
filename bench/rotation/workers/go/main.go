// The program of Go; ../../program.ts says what it is given and what it answers.
package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"leasehold.example/leasehold"
)

const (
	pauseShare       = 0.01
	transactionShare = 0.002
	transactionTime  = 500 * time.Millisecond
	apart            = 10_007
)

// part is what a turn is by; why it is no dice is said in load.ts.
func part(turn int, irrational float64) float64 {
	_, fraction := math.Modf(float64(turn) * irrational)
	return fraction
}

// database is what an application needs of a pool.
type database interface {
	QueryRow(ctx context.Context, query string, arguments ...any) pgx.Row
	Begin(ctx context.Context) (pgx.Tx, error)
	Close()
}

var ways = map[string]func(context.Context, leasehold.Contract) (database, error){
	"plain": func(ctx context.Context, contract leasehold.Contract) (database, error) {
		config, err := leasehold.Config(contract)
		if err != nil {
			return nil, err
		}
		config.ConnConfig.User, config.ConnConfig.Password = os.Getenv("BENCH_USER"), os.Getenv("BENCH_PASSWORD")
		config.MaxConnLifetime = time.Hour
		return pgxpool.NewWithConfig(ctx, config)
	},
	"leasehold": func(ctx context.Context, contract leasehold.Contract) (database, error) {
		return leasehold.NewPool(ctx, leasehold.WithDatabase(contract.Name), leasehold.WithLogger(slog.New(slog.DiscardHandler)))
	},
	"recipe": recipe,
}

// recipe is what pgxpool can do by itself: connections live for less than the overlap.
func recipe(ctx context.Context, contract leasehold.Contract) (database, error) {
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

// asked is a short query.
type asked struct {
	pod   int
	at    time.Time
	taken time.Duration
}

// load is what the workers have seen from go to halt.
type load struct {
	mu       sync.Mutex
	Queries  int            `json:"queries"`
	Failed   int            `json:"failed"`
	Failures map[string]int `json:"failures"`
	// CPU is in seconds.
	CPU   float64 `json:"cpu"`
	asked []asked
}

func main() {
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(way, workers, file string) error {
	perPod, err := strconv.Atoi(workers)
	if err != nil {
		return err
	}
	names, err := databases()
	if err != nil {
		return err
	}
	var workersOfAll []*worker
	for pod, name := range names {
		contract, err := leasehold.ReadContract(name)
		if err != nil {
			return err
		}
		pool, err := ways[way](context.Background(), contract)
		if err != nil {
			return err
		}
		defer pool.Close()
		for one := range perPod {
			row := 1 + pod*100 + one
			workersOfAll = append(workersOfAll, &worker{pool: pool, pod: pod, row: row, turn: row * apart})
		}
	}
	var working sync.WaitGroup
	var seen *load
	var halted atomic.Bool
	var from time.Duration
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		if lines.Text() == "go" {
			halted.Store(false)
			seen = &load{Failures: map[string]int{}}
			from = cpu()
			for _, each := range workersOfAll {
				working.Go(func() { each.run(&halted, seen) })
			}
			continue
		}
		halted.Store(true)
		working.Wait()
		seen.CPU = (cpu() - from).Seconds()
		if err := seen.answer(file); err != nil {
			return err
		}
	}
	return nil
}

func (l *load) answer(file string) error {
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	lines := bufio.NewWriter(out)
	for _, each := range l.asked {
		fmt.Fprintln(lines, each.pod, each.at.UnixMilli(), float64(each.taken)/1e3)
	}
	if err := errors.Join(lines.Flush(), out.Close()); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(l)
}

// databases are the names of those in the contract, in the order of the pods.
func databases() ([]string, error) {
	text, err := os.ReadFile(os.Getenv("LEASEHOLD_CONTRACT"))
	if err != nil {
		return nil, err
	}
	var contract struct{ Databases map[string]any }
	if err := json.Unmarshal(text, &contract); err != nil {
		return nil, err
	}
	names := make([]string, 0, len(contract.Databases))
	for name := range contract.Databases {
		names = append(names, name)
	}
	// pod2 comes before pod10.
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	return names, nil
}

func cpu() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// worker asks mostly short queries, now and then it pauses, rarely it has a transaction.
type worker struct {
	pool           database
	pod, row, turn int
}

// run goes on where the worker was halted.
func (w *worker) run(halted *atomic.Bool, seen *load) {
	for ; !halted.Load(); w.turn++ {
		piece := part(w.turn, math.Sqrt(5))
		if piece < pauseShare {
			time.Sleep(time.Duration(part(w.turn, math.Sqrt2) * float64(500*time.Millisecond)))
		}
		queries, one := 1, w.short
		if piece > 1-transactionShare {
			queries, one = 4, w.transaction
		}
		if err := one(seen); err != nil {
			seen.mu.Lock()
			seen.Failed++
			seen.Failures[err.Error()]++
			seen.mu.Unlock()
			time.Sleep(20 * time.Millisecond)
		}
		seen.mu.Lock()
		seen.Queries += queries
		seen.mu.Unlock()
		time.Sleep(2*time.Millisecond + time.Duration(part(w.turn, math.Sqrt(3))*float64(6*time.Millisecond)))
	}
}

func (w *worker) short(seen *load) error {
	at := time.Now()
	var total float64
	err := w.pool.QueryRow(context.Background(), "SELECT total::float8 FROM orders WHERE id = $1", 1).Scan(&total)
	taken := time.Since(at)
	seen.mu.Lock()
	seen.asked = append(seen.asked, asked{w.pod, at, taken})
	seen.mu.Unlock()
	return err
}

func (w *worker) transaction(*load) error {
	ctx := context.Background()
	return pgx.BeginFunc(ctx, w.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "UPDATE orders SET total = total + 1 WHERE id = $1", w.row); err != nil {
			return err
		}
		time.Sleep(transactionTime)
		_, err := tx.Exec(ctx, "SELECT 1")
		return err
	})
}
