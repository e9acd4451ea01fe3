package leasehold

import (
	"maps"
	"sync"

	"github.com/jackc/pgx/v5"
)

// sessions are the open connections of a pool, by the credentials they were opened with.
type sessions struct {
	mu   sync.Mutex
	open map[*pgx.Conn]int
}

func (s *sessions) opened(conn *pgx.Conn, generation int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[conn] = generation
}

// closed forgets a connection, and says whether it was known.
func (s *sessions) closed(conn *pgx.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, known := s.open[conn]
	delete(s.open, conn)
	return known
}

// generationOf is the how manieth credentials a connection was opened with; 0 where they are not known.
func (s *sessions) generationOf(conn *pgx.Conn) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open[conn]
}

// before counts those of older credentials.
func (s *sessions) before(generation int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	count := 0
	for each := range maps.Values(s.open) {
		if each < generation {
			count++
		}
	}
	return count
}

func (s *sessions) counts() map[int]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts := map[int]int{}
	for each := range maps.Values(s.open) {
		counts[each]++
	}
	return counts
}
