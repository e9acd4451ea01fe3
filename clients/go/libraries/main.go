// Command libraries asks what the page on libraries shows, until its standard input ends: `bash .ci/libraries Go`.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"sync"
)

const workers = 8

// seen is what the workers have seen.
type seen struct {
	mu     sync.Mutex
	asked  int
	failed []string
	users  []string
	enough int
}

func main() {
	ctx := context.Background()
	ask, err := libraries[os.Args[1]](ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	s := seen{failed: []string{}}
	if s.enough, err = strconv.Atoi(os.Getenv("QUERIES")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	over := make(chan struct{})
	var working sync.WaitGroup
	tell("ready")
	for range workers {
		working.Go(func() {
			for {
				select {
				case <-over:
					return
				default:
					s.add(ask(ctx))
				}
			}
		})
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
	close(over)
	working.Wait()
	_ = json.NewEncoder(os.Stdout).Encode(map[string]any{"asked": s.asked, "failed": s.failed, "users": s.users})
}

func tell(word string) { fmt.Fprint(os.Stderr, word) }

func (s *seen) add(user string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.failed = append(s.failed, err.Error())
		return
	}
	s.asked++
	if s.asked == s.enough {
		tell("enough")
	}
	if !slices.Contains(s.users, user) {
		s.users = append(s.users, user)
	}
}
