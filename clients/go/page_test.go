package leasehold_test

import (
	"context"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"leasehold.example/leasehold"
)

// What the page shows is run here, word for word.

func TestThePageShowsWhatIsRunHere(t *testing.T) {
	source := flat(read(t, "page_test.go"))
	shown := blocks(t, "go")
	if len(shown) != 6 {
		t.Errorf("%d blocks", len(shown))
	}
	for _, block := range shown {
		if !strings.Contains(source, flat(block)) {
			t.Errorf("nothing here runs this:\n%s", block)
		}
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// blocks of the page in a language.
func blocks(t *testing.T, language string) (found []string) {
	t.Helper()
	for _, match := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(read(t, "README.md"), -1) {
		found = append(found, match[1])
	}
	return found
}

func flat(text string) string { return strings.Join(strings.Fields(text), " ") }

// deployed has the contract where a pod has it.
func deployed(t *testing.T) *pod {
	t.Helper()
	p := newPod(t)
	p.rotate()
	file := filepath.Join(t.TempDir(), "contract.json")
	p.must(os.WriteFile(file, p.server.Contract(p.file, nil), 0o600))
	t.Setenv("LEASEHOLD_CONTRACT", file)
	return p
}

func TestPageTwoLines(t *testing.T) {
	p := deployed(t)
	p.must(twoLines(t.Context(), func(pool *leasehold.Pool) {
		next := p.rotate()
		until(t, "the new user serves", func() bool { return p.user(pool) == next })
	}))
}

func twoLines(ctx context.Context, use func(*leasehold.Pool)) error {
	pool, err := leasehold.NewPool(ctx)
	if err != nil {
		return err
	}
	defer pool.Close()
	use(pool)
	return nil
}

func TestPageOptions(t *testing.T) {
	p := deployed(t)
	var told logged
	log.SetOutput(&told)
	defer log.SetOutput(os.Stderr)
	ctx := t.Context()
	pool, err := leasehold.NewPool(ctx,
		leasehold.WithHooks(leasehold.Hooks{
			OnRotation:         func(r leasehold.Rotation) { log.Println("new user", r.Generation) },
			OnOverstay:         func(o leasehold.Overstay) { log.Println("old user still in use", o.Connections, o.Left) },
			OnCredentialsError: func(e *leasehold.CredentialsError) { log.Println(e.Reason, e) },
		}),
		leasehold.WithPoolConfig(func(config *pgxpool.Config) {
			config.MinIdleConns = 2
			config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
				_, err := conn.Exec(ctx, "SET statement_timeout = '5s'")
				return err
			}
		}),
	)
	p.must(err)
	defer pool.Close()
	var timeout string
	p.must(pool.QueryRow(ctx, "SHOW statement_timeout").Scan(&timeout))
	if timeout != "5s" {
		t.Error(timeout)
	}
	p.rotate()
	until(t, "the rotation is told", func() bool { return strings.Contains(told.String(), "new user 2") })
	p.must(p.file.Replace("none"))
	until(t, "trouble is told", func() bool { return strings.Contains(told.String(), "malformed") })
}

func TestPageDatabaseSQLAndWatching(t *testing.T) {
	p := deployed(t)
	pool := p.pool()
	db := pool.OpenDB()
	p.must(db.PingContext(t.Context()))
	mux := http.NewServeMux()
	mux.Handle("/ready", pool.ReadyHandler())
	mux.Handle("/live", pool.LiveHandler())
	mux.Handle("/metrics", pool.MetricsHandler())
	for path, body := range map[string]string{
		"/ready": `{"ok":true}`, "/live": `{"ok":true}`,
		"/metrics": `leasehold_connections{database="shop",service="orders",user="current"} 1`,
	} {
		response := httptest.NewRecorder()
		mux.ServeHTTP(response, httptest.NewRequest(http.MethodGet, path, nil))
		if !strings.Contains(response.Body.String(), body) {
			t.Errorf("%s: %s", path, response.Body)
		}
	}
}

func TestPageListen(t *testing.T) {
	p := deployed(t)
	pool := p.pool()
	ctx, stop := context.WithCancel(t.Context())
	var heard atomic.Value
	handle := func(payload string) { heard.Store(payload) }
	ended := make(chan error)
	go func() {
		err := pool.Listen(ctx, "orders", func(n *pgconn.Notification) { handle(n.Payload) })
		ended <- err
	}()
	until(t, "it hears", func() bool {
		p.must(p.server.Admin("SELECT pg_notify('orders', '7')"))
		return heard.Load() == "7"
	})
	stop()
	<-ended
}

func TestPageSIGTERM(t *testing.T) {
	p := deployed(t)
	pool := p.pool()
	p.user(pool)
	asked := make(chan os.Signal, 1)
	// For good: a signal that is still on its way when the test is over would end the process.
	signal.Notify(asked, syscall.SIGTERM)
	p.must(syscall.Kill(os.Getpid(), syscall.SIGTERM))
	<-asked
	go func() {
		for pool.Live() == nil {
			_ = syscall.Kill(os.Getpid(), syscall.SIGTERM)
		}
	}()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	<-ctx.Done()
	if err := pool.Drain(context.Background()); err != nil {
		log.Println(err)
	}
	if pool.Live() == nil {
		t.Error("it has ended")
	}
}

func TestPageCommands(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	directory := t.TempDir()
	commands := strings.ReplaceAll(blocks(t, "sh")[0], "../leasehold/clients/go", here)
	program := "package main\n\nimport (\n\t\"context\"\n\n\t\"leasehold.example/leasehold\"\n)\n\nfunc main() { _ = run(context.Background()) }\n\n" +
		"func run(ctx context.Context) error {\n" + blocks(t, "go")[0] + "\treturn nil\n}\n"
	if err := os.WriteFile(filepath.Join(directory, "main.go"), []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command("sh", "-ec", "go mod init example.com/application\n"+commands+"go vet .")
	command.Dir = directory
	if output, err := command.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, output)
	}
}

func TestTheMetricsAreThoseOfThePageOfAllClients(t *testing.T) {
	p := newPod(t)
	p.rotate()
	_, page, _ := strings.Cut(read(t, "../README.md"), "## Metrics")
	page, _, _ = strings.Cut(page, "\n## ")
	var rows []string
	for _, match := range regexp.MustCompile("(?m)^\\| `(leasehold_\\w+)`").FindAllStringSubmatch(page, -1) {
		rows = append(rows, match[1])
	}
	metrics := p.pool().Metrics()
	if len(rows) != len(metrics) {
		t.Errorf("%d rows, %d metrics", len(rows), len(metrics))
	}
	for i, metric := range metrics {
		kind := "gauge"
		if metric.Counter {
			kind = "counter"
		}
		row := "| `" + metric.Name + "` | " + kind + " | " + metric.Help + " |"
		if i >= len(rows) || rows[i] != metric.Name || !strings.Contains(flat(page), row) {
			t.Errorf("the page does not say: %s", row)
		}
	}
}
