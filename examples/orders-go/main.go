// Command orders is an HTTP service whose database user changes while it runs.
package main

import (
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"leasehold.example/leasehold"
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	// All of it comes from the contract.
	pool, err := leasehold.NewPool(context.Background(), leasehold.WithHooks(leasehold.Hooks{
		OnRotation: func(r leasehold.Rotation) { log.Printf("database user %d is in use", r.Generation) },
		OnOverstay: func(o leasehold.Overstay) {
			log.Printf("%d connections of the old user are still in use", o.Connections)
		},
	}))
	if err != nil {
		return err
	}
	server := &http.Server{Addr: net.JoinHostPort(os.Getenv("HOST"), port()), Handler: newHandler(pool)}
	stopped, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- server.ListenAndServe() }()
	select {
	case err := <-ended:
		return err
	case <-stopped.Done():
	}
	// The Service sends customers here until every node has heard that this pod ends: they are still answered, for a third of the drain.
	lastCustomers := pool.Contract().Drain / 3
	time.Sleep(lastCustomers)
	// Requests end before the pool does; the rest of the drain is the time that both have.
	ctx, cancel := context.WithTimeout(context.Background(), pool.Contract().Drain-lastCustomers)
	defer cancel()
	return errors.Join(server.Shutdown(ctx), pool.Drain(ctx))
}

func port() string {
	if given := os.Getenv("PORT"); given != "" {
		return given
	}
	return "8080"
}
