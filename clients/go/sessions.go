package leasehold

import (
	"maps"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// sessions are the open connections of a pool, by the credentials they were opened with.
type sessions struct {
	mu   sync.Mutex
	open map[*pgx.Conn]session
	// When one was lost that nobody here has closed.
	lostAt time.Time
}

type session struct {
	// The how manieth credentials it was opened with.
	generation int
	// When it was known to be there.
	seenAt time.Time
}

func (s *sessions) opened(conn *pgx.Conn, generation int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[conn] = session{generation, time.Now()}
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
	return s.open[conn].generation
}

// before counts those of older credentials.
func (s *sessions) before(generation int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	count := 0
	for each := range maps.Values(s.open) {
		if each.generation < generation {
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
		counts[each.generation]++
	}
	return counts
}

// lost takes note of one that has ended by itself.
func (s *sessions) lost() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lostAt = time.Now()
}

// isDoubtful says, once, that a connection may have been lost together with another one.
func (s *sessions) isDoubtful(conn *pgx.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	each, known := s.open[conn]
	if !known || each.seenAt.After(s.lostAt) {
		return false
	}
	each.seenAt = time.Now()
	s.open[conn] = each
	return true
}
