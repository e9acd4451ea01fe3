package leasehold

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

// Status is how it stands with the credentials of a pool.
type Status struct {
	// Generation is the how manieth credentials are in use; 0 before the first ones.
	Generation int
	// Rotations is how often they have changed.
	Rotations int
	// SinceRotation is how long ago that was; 0 before the first time.
	SinceRotation time.Duration
	// OverlapLeft is how long it may be until the old user is dropped; 0 where there is none.
	OverlapLeft time.Duration
	// Connections that are open, by the how manieth credentials they were opened with.
	Connections map[int]int
	// Overstays is how many connections were still open near the end of an overlap.
	Overstays int
	// CredentialsErrors is how often there was trouble with a file, the CA's among them.
	CredentialsErrors int
	// Retries is how many logins were tried again.
	Retries int
	// NewestRefused says whether PostgreSQL refuses the newest user; the one before stays in use as long as it is accepted.
	NewestRefused bool
}

// Rotation says how it stands with the credentials.
func (p *Pool) Rotation() Status {
	w := p.watch
	w.mu.Lock()
	status := Status{
		CredentialsErrors: w.troubles,
		NewestRefused:     w.verdict == refused,
	}
	if w.current != nil {
		status.Generation = w.current.number
		status.Rotations = w.current.number - 1
	}
	if !w.rotatedAt.IsZero() {
		status.SinceRotation = time.Since(w.rotatedAt)
		status.OverlapLeft = max(0, p.contract.Overlap-status.SinceRotation)
	}
	w.mu.Unlock()
	status.Connections = p.sessions.counts()
	status.Overstays = int(p.overstays.Load())
	status.Retries = int(p.retries.Load())
	return status
}

// Ready is for a readiness probe: what keeps the database from answering a query of this pool, if anything does.
func (p *Pool) Ready(ctx context.Context) error {
	if p.isEnded() {
		return errEnded
	}
	return p.Ping(ctx)
}

// Live is for a liveness probe: a restart helps a pool that has ended, and nothing else that can be seen from here.
func (p *Pool) Live() error {
	if p.isEnded() {
		return errEnded
	}
	return nil
}

// ReadyHandler answers a readiness probe: 200, or 503 with the reason.
func (p *Pool) ReadyHandler() http.Handler {
	return healthHandler(func(request *http.Request) error { return p.Ready(request.Context()) })
}

// LiveHandler answers a liveness probe: 200, or 503 with the reason.
func (p *Pool) LiveHandler() http.Handler {
	return healthHandler(func(*http.Request) error { return p.Live() })
}

type health struct {
	OK     bool   `json:"ok"`
	Reason string `json:"reason,omitempty"`
}

func healthHandler(check func(*http.Request) error) http.Handler {
	return http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		response.Header().Set("Content-Type", "application/json")
		is, code := health{OK: true}, http.StatusOK
		if err := check(request); err != nil {
			is, code = health{Reason: err.Error()}, http.StatusServiceUnavailable
		}
		response.WriteHeader(code)
		_ = json.NewEncoder(response).Encode(is)
	})
}
