package leasehold

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// successionShare of the overlap is how long old connections wait for a successor; the rest is for the work they were
	// lent for.
	successionShare = 0.25
	// probeTimeout is how long a login may take that finds out whether PostgreSQL accepts the newest user.
	probeTimeout = 5 * time.Second
	// retryAfter is how soon a successor is tried again that could not be opened.
	retryAfter = 500 * time.Millisecond
	// mostRetryAfter is for who is refused again and again.
	mostRetryAfter = 10 * time.Second
	// idleTick is how often old connections are looked for that have come back.
	idleTick = 50 * time.Millisecond
	// mostIdleTick is for those that stay out for long.
	mostIdleTick = time.Second
	// mostPace is how long it is from one login to the next at most: many at once take the processor from the queries.
	mostPace = time.Second
	// closeTakes is how long the pool may take to notice that a connection is closed.
	closeTakes = 20 * time.Millisecond
	shortly    = 2 * time.Millisecond
	// openTimeout is how long a successor may take.
	openTimeout = 10 * time.Second
)

// succession puts new connections in the place of old ones, one after the other, so that queries do not wait for logins and
// the pool keeps its size. First it logs in once beside the pool: only where PostgreSQL accepts the newest user are
// connections of the one before given up, whose user lives on for the whole overlap.
type succession struct {
	pool *Pool
	// Old connections that are idle, or come by, are looked for.
	active atomic.Bool
	// How many old connections may be closed now: each has a successor, or the room for one.
	spare atomic.Int32
	// From then on old connections are closed without a successor, where one could be opened.
	over atomic.Bool
	// When the last one was closed for a successor.
	closedAt atomic.Int64

	mu      sync.Mutex
	running bool
	// Room was made for the first successor, which the last one has to fill.
	debt  bool
	until time.Time
	wake  chan struct{}
}

func newSuccession(pool *Pool) *succession {
	return &succession{pool: pool, wake: make(chan struct{}, 1)}
}

// begin has the connections replaced that are old.
func (s *succession) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.until = time.Now().Add(share(s.pool.contract.Overlap, successionShare))
	s.over.Store(false)
	s.spare.Store(0)
	s.active.Store(true)
	if s.running {
		s.poke()
		return
	}
	s.running = true
	go s.run()
}

// ensure is begin for a connection that was on its way while the file was replaced.
func (s *succession) ensure() {
	s.mu.Lock()
	running := s.running
	s.mu.Unlock()
	if !running {
		s.begin()
	}
}

func (s *succession) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// closes says whether an old connection that somebody asks for is to be closed.
func (s *succession) closes() bool {
	if s.over.Load() {
		return true
	}
	if !s.takeSpare() {
		return false
	}
	s.poke()
	return true
}

func (s *succession) takeSpare() bool {
	for {
		spare := s.spare.Load()
		if spare <= 0 {
			return false
		}
		if s.spare.CompareAndSwap(spare, spare-1) {
			s.closedAt.Store(time.Now().UnixNano())
			return true
		}
	}
}

func (s *succession) run() {
	retry, tick := retryAfter, idleTick
	for !s.pool.isEnded() {
		newest := s.pool.watch.newest()
		judged := s.pool.prove(newest)
		if judged != accepted {
			s.over.Store(false)
			s.wait(retry)
			if judged == refused {
				retry = min(2*retry, mostRetryAfter)
			}
			continue
		}
		retry = retryAfter
		if s.isDone() {
			return
		}
		if s.pool.old() == 0 {
			s.pay()
			continue
		}
		if s.step() {
			tick = idleTick
			continue
		}
		s.wait(tick)
		tick = min(2*tick, mostIdleTick)
	}
}

// isDone ends it where no old connection is open; a rotation or a late login begins it anew.
func (s *succession) isDone() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pool.old() > 0 || s.debt || s.pool.watch.verdictOf(s.pool.watch.newest()) != accepted {
		return false
	}
	s.running = false
	s.active.Store(false)
	s.spare.Store(0)
	return true
}

// pay fills the room that was made for the first successor, where nobody else has.
func (s *succession) pay() {
	time.Sleep(shortly)
	if time.Since(time.Unix(0, s.closedAt.Load())) >= closeTakes || s.pool.hasRoom() {
		if s.pool.hasRoom() {
			_, _ = s.pool.openBeside()
		}
		s.mu.Lock()
		s.debt = false
		s.mu.Unlock()
	}
}

// rest is wait, but for what has woken it before.
func (s *succession) rest(most time.Duration) {
	select {
	case <-s.wake:
	default:
	}
	s.wait(most)
}

func (s *succession) wait(most time.Duration) {
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.wake:
	case <-s.pool.watch.ended.Done():
	}
}

// step replaces one connection, and says whether that has come about.
func (s *succession) step() bool {
	s.mu.Lock()
	over := !time.Now().Before(s.until)
	s.mu.Unlock()
	s.over.Store(over)
	switch {
	case over:
		return s.pool.closeIdleOld(int(s.pool.maxConns)) > 0
	case s.takeSpare():
		if s.pool.closeIdleOld(1) == 1 {
			return true
		}
		// All are in use: the next one that comes by.
		s.spare.Add(1)
		return false
	case s.pool.hasRoom():
		return s.open()
	case time.Since(time.Unix(0, s.closedAt.Load())) < closeTakes:
		time.Sleep(shortly)
		return true
	}
	// Somebody has to make room for the first successor.
	s.mu.Lock()
	s.debt = true
	s.mu.Unlock()
	s.spare.Store(1)
	return true
}

// open opens a successor, whose predecessor may be closed then.
func (s *succession) open() bool {
	opened, err := s.pool.openBeside()
	if err != nil {
		// Only what PostgreSQL still accepts may take the place of what works.
		s.pool.watch.doubt()
		s.wait(retryAfter)
		return true
	}
	if opened {
		// Half of the time, at most, that there is for all. Only then is one given up: the pool would be short of it meanwhile.
		s.rest(min(mostPace, share(s.pool.contract.Overlap, successionShare)/time.Duration(2*s.pool.maxConns)))
		s.spare.Store(1)
	} else {
		time.Sleep(shortly)
	}
	return true
}

type oursKey struct{}

// ours marks what the pool does with its own connections.
type ours struct{ began func() }

func isOurs(ctx context.Context) bool {
	_, ok := ctx.Value(oursKey{}).(ours)
	return ok
}

func began(ctx context.Context) {
	if our, ok := ctx.Value(oursKey{}).(ours); ok {
		our.began()
	}
}

func (p *Pool) hasRoom() bool {
	stat := p.plain.Stat()
	return stat.TotalConns() < stat.MaxConns()
}

// closeIdleOld closes old connections that nobody uses, so many at most. To take all idle ones for a moment is the public way.
func (p *Pool) closeIdleOld(most int) int {
	ctx, cancel := context.WithTimeout(context.WithValue(p.watch.ended, oursKey{}, ours{func() {}}), time.Second)
	defer cancel()
	var old []*pgxpool.Conn
	for _, each := range p.plain.AcquireAllIdle(ctx) {
		if len(old) < most && p.isOld(each.Conn()) {
			old = append(old, each)
		} else {
			each.Release()
		}
	}
	for _, each := range old {
		p.giveUp(ctx, each)
	}
	return len(old)
}

// openBeside opens a connection though there may be idle ones, and says whether it did: while they are held, which is until
// the login begins, the pool opens one for who asks.
func (p *Pool) openBeside() (bool, error) {
	ctx, cancel := context.WithTimeout(p.watch.ended, openTimeout)
	defer cancel()
	begun := make(chan struct{})
	ctx = context.WithValue(ctx, oursKey{}, ours{sync.OnceFunc(func() { close(begun) })})
	held := p.plain.AcquireAllIdle(ctx)
	ended := make(chan error, 1)
	go func() {
		conn, err := p.plain.Acquire(ctx)
		if err == nil {
			conn.Release()
		}
		ended <- err
	}()
	var err error
	over := false
	select {
	case <-begun:
	case err = <-ended:
		over = true
	case <-time.After(5 * time.Millisecond):
	}
	for _, each := range held {
		each.Release()
	}
	if !over {
		err = <-ended
	}
	select {
	case <-begun:
		return err == nil, err
	default:
		return false, err
	}
}

// prove finds out whether PostgreSQL accepts the newest user, where that is not known.
func (p *Pool) prove(newest *generation) verdict {
	if is := p.watch.verdictOf(newest); is == accepted {
		return is
	}
	ctx, cancel := context.WithTimeout(p.watch.ended, probeTimeout)
	defer cancel()
	is := accepted
	if err := p.probe(ctx, newest); err != nil {
		switch {
		case isRefusal(err):
			is = refused
		case codeOf(err) == noRoomCode:
			// An old connection that is closed makes some.
		default:
			is = unknown
		}
	}
	p.watch.judge(newest, is)
	return is
}

func (p *Pool) probe(ctx context.Context, made *generation) error {
	config := p.plain.Config().ConnConfig
	if p.beforeConnect != nil {
		if err := p.beforeConnect(ctx, config); err != nil {
			return err
		}
	}
	p.logInWith(config, made)
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}
