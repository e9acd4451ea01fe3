package leasehold

import (
	"context"
	"fmt"
	"time"
)

// UnfinishedError says that work was still under way when the time of a drain was over.
type UnfinishedError struct {
	// Connections that were still in use.
	Connections int
}

func (e *UnfinishedError) Error() string {
	return fmt.Sprintf("%d connections are still in use after the time to drain", e.Connections)
}

const drainTick = 10 * time.Millisecond

// Drain is for SIGTERM: no new work, what runs is finished, then the pool ends. It takes as long as the context
// allows, or the contract's drain where that says nothing. The error is an [*UnfinishedError] where the time was too short; the
// pool ends then as soon as the last connection comes back.
func (p *Pool) Drain(ctx context.Context) error {
	p.draining.Store(true)
	if _, limited := ctx.Deadline(); !limited {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, p.contract.Drain)
		defer cancel()
	}
	for p.waiting.Load() > 0 || p.plain.Stat().AcquiredConns() > 0 {
		select {
		case <-ctx.Done():
			unfinished := int(p.plain.Stat().AcquiredConns())
			go p.Close()
			return &UnfinishedError{unfinished}
		case <-time.After(drainTick):
		}
	}
	p.Close()
	return nil
}
