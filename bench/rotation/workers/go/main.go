// The program of Go; ../../program.ts says what it is given and what it answers.
package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
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

// load is what was seen since the program was told to count.
type load struct {
	mu       sync.Mutex
	Queries  int            `json:"queries"`
	Failed   int            `json:"failed"`
	Failures map[string]int `json:"failures"`
	// CPU is in seconds.
	CPU   float64 `json:"cpu"`
	asked []asked
}

var current atomic.Pointer[load]

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
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	current.Store(&load{Failures: map[string]int{}})
	var working sync.WaitGroup
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
		for worker := range perPod {
			working.Go(func() { work(ctx, pool, pod, worker) })
		}
	}
	from := cpu()
	for lines := bufio.NewScanner(os.Stdin); lines.Scan() && lines.Text() == "count"; {
		current.Store(&load{Failures: map[string]int{}})
		from = cpu()
		fmt.Println("counting")
	}
	seen := current.Load()
	used := cpu() - from
	stop()
	working.Wait()
	seen.CPU = used.Seconds()
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	for _, each := range seen.asked {
		fmt.Fprintln(out, each.pod, each.at.UnixMilli(), float64(each.taken)/1e3)
	}
	if err := out.Close(); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(seen)
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

func work(ctx context.Context, pool database, pod, worker int) {
	for turn := (1 + pod*100 + worker) * apart; ctx.Err() == nil; turn++ {
		piece := part(turn, math.Sqrt(5))
		if piece < pauseShare {
			time.Sleep(time.Duration(part(turn, math.Sqrt2) * float64(500*time.Millisecond)))
		}
		queries, one := 1, short
		if piece > 1-transactionShare {
			queries, one = 4, transaction
		}
		if err := one(pool, pod, worker); err != nil {
			seen := current.Load()
			seen.mu.Lock()
			seen.Failed++
			seen.Failures[err.Error()]++
			seen.mu.Unlock()
			time.Sleep(20 * time.Millisecond)
		}
		seen := current.Load()
		seen.mu.Lock()
		seen.Queries += queries
		seen.mu.Unlock()
		time.Sleep(2*time.Millisecond + time.Duration(part(turn, math.Sqrt(3))*float64(6*time.Millisecond)))
	}
}

func short(pool database, pod, _ int) error {
	at := time.Now()
	var total float64
	err := pool.QueryRow(context.Background(), "SELECT total::float8 FROM orders WHERE id = $1", 1).Scan(&total)
	taken := time.Since(at)
	seen := current.Load()
	seen.mu.Lock()
	seen.asked = append(seen.asked, asked{pod, at, taken})
	seen.mu.Unlock()
	return err
}

func transaction(pool database, pod, worker int) error {
	ctx := context.Background()
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "UPDATE orders SET total = total + 1 WHERE id = $1", 1+pod*100+worker); err != nil {
			return err
		}
		time.Sleep(transactionTime)
		_, err := tx.Exec(ctx, "SELECT 1")
		return err
	})
}
