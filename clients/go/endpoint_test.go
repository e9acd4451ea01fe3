package leasehold_test

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"leasehold.example/leasehold"
	"leasehold.example/leasehold/internal/postgres"
)

func newPodBy(t *testing.T, endpoint map[string]any) *pod {
	t.Helper()
	p := newPod(t)
	p.change = map[string]any{"endpoint": endpoint}
	return p
}

func TestAFirstUserThatHasNotComeToAReplicaIsWaitedFor(t *testing.T) {
	p := newPodBy(t, map[string]any{"name": "reading", "kind": "replica"})
	const later = "v-orders-later"
	p.must(p.file.Write(later))
	pool := p.pool()
	time.AfterFunc(time.Second, func() {
		if err := server.Admin(fmt.Sprintf("CREATE ROLE %q LOGIN PASSWORD '%s' IN ROLE %q", later, password, group)); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { p.must(server.Drop(later)) })
	if user := p.user(pool); user != later {
		t.Errorf("%s", user)
	}
	if retries := pool.Rotation().Retries; retries < 2 {
		t.Errorf("tried again %d times", retries)
	}
}

func TestAFirstUserIsWaitedForNoLongerThanAFile(t *testing.T) {
	p := newPodBy(t, map[string]any{"name": "reading", "kind": "replica"})
	p.must(p.file.Write("v-orders-never"))
	pool := p.pool(leasehold.WithCredentialsTimeout(2 * time.Second))
	if _, err := userOf(t.Context(), pool); err == nil || !strings.Contains(err.Error(), "28P01") {
		t.Errorf("%v", err)
	}
	if retries := pool.Rotation().Retries; retries < 2 {
		t.Errorf("tried again %d times", retries)
	}
}

// Once more is what every refused login is tried.
func TestNobodyComesToTheServerItselfLater(t *testing.T) {
	p := newPodBy(t, map[string]any{"name": "leader", "kind": "primary"})
	p.must(p.file.Write("v-orders-never"))
	pool := p.pool()
	if _, err := userOf(t.Context(), pool); err == nil || !strings.Contains(err.Error(), "28P01") {
		t.Errorf("%v", err)
	}
	if retries := pool.Rotation().Retries; retries != 1 {
		t.Errorf("tried again %d times", retries)
	}
}

func TestPgBouncerIsAskedForNoSearchPathAndForNoNamedStatement(t *testing.T) {
	if _, err := os.Stat(postgres.Bouncer()); err != nil {
		t.Skip("there is no PgBouncer, and LEASEHOLD_PGBOUNCER names none: ", err)
	}
	p := newPod(t)
	port, end, err := server.Bounce(p.rotate())
	p.must(err)
	t.Cleanup(end)
	by := func(forbids ...string) *leasehold.Pool {
		endpoint := map[string]any{"name": "pooled", "kind": "pgbouncer", "forbids": forbids}
		p.change = map[string]any{"port": port, "schema": "app", "endpoint": endpoint}
		return p.pool()
	}
	if _, err := userOf(t.Context(), by("listen")); err == nil || !strings.Contains(err.Error(), "unsupported startup parameter: search_path") {
		t.Errorf("%v", err)
	}
	pool := by("startup-parameters", "prepared-statements")
	var workers sync.WaitGroup
	for range 8 {
		workers.Go(func() {
			for i := range 50 {
				var got int
				if err := pool.QueryRow(t.Context(), "SELECT $1::int", i).Scan(&got); err != nil || got != i {
					t.Errorf("%d, %v", got, err)
					return
				}
			}
		})
	}
	workers.Wait()
}

func TestListeningIsRefusedBehindAPoolerThatHandsConnectionsOn(t *testing.T) {
	p := newPodBy(t, map[string]any{"name": "pooled", "kind": "pgbouncer", "forbids": []string{"listen"}})
	p.rotate()
	err := p.pool().Listen(t.Context(), "orders", func(*pgconn.Notification) {})
	if err == nil || !strings.Contains(err.Error(), `the pooler "pooled" gives its connections to others`) {
		t.Errorf("%v", err)
	}
}
