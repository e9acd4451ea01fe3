package leasehold

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	// pollEvery is how often the files are read. They are small and in memory, so that reading them costs less than
	// being told of changes, and it sees what nobody tells of: a directory that is itself replaced, another file system.
	pollEvery = 100 * time.Millisecond
	// lookAgainAfter is how soon a file that somebody waits for is read again.
	lookAgainAfter = 50 * time.Millisecond
	// lookAtMost is how long a connection waits for a reading that has not ended: a disk may not answer.
	lookAtMost = 500 * time.Millisecond
	// verdictWithin is how long a connection waits to know whether PostgreSQL accepts the newest user.
	verdictWithin = time.Second
	// mostRemembered is how many credentials are remembered, to tell with which ones a login was made.
	mostRemembered = 16
)

// generation is credentials, and the how manieth ones they are; always behind a pointer, so that nobody prints them.
type generation struct {
	number      int
	credentials Credentials
}

// verdict is what PostgreSQL says of the newest credentials.
type verdict int

const (
	// unknown: nobody has logged in with them, for a reason that has nothing to do with them.
	unknown verdict = iota
	// pending: somebody is trying.
	pending
	accepted
	refused
)

// source is where credentials are, how they are read, and who is told.
type source struct {
	contract Contract
	parse    Parser
	caFile   string
	rotated  func(*generation)
	trouble  func(*CredentialsError)
}

// watch keeps the credentials of a file that is replaced, and the CA beside it. It compares contents, not times or names.
type watch struct {
	source source
	ended  context.Context
	end    context.CancelFunc

	reading sync.Mutex
	running chan struct{}
	next    chan struct{}

	mu      sync.Mutex
	current *generation
	// The newest ones that somebody has logged in with.
	proven     *generation
	verdict    verdict
	judged     chan struct{}
	remembered []*generation
	ca         *ca
	told       map[string]*CredentialsError
	troubles   int
	rotatedAt  time.Time
	lookedAt   time.Time
	// A reading takes longer than anybody waits for it.
	slow     bool
	complete chan struct{}
}

func newWatch(source source) *watch {
	w := &watch{source: source, told: map[string]*CredentialsError{}, lookedAt: time.Now(), complete: make(chan struct{})}
	w.ended, w.end = context.WithCancel(context.Background())
	return w
}

// run reads until the end; a reading that hangs is not piled up on.
func (w *watch) run() {
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for {
		w.begin()
		select {
		case <-ticker.C:
		case <-w.ended.Done():
			return
		}
	}
}

// begin gives the end of a reading that begins after the call.
func (w *watch) begin() <-chan struct{} {
	w.reading.Lock()
	defer w.reading.Unlock()
	done := make(chan struct{})
	switch {
	case w.next != nil:
		return w.next
	case w.running != nil:
		w.next = done
	default:
		w.running = done
		go w.readAll()
	}
	return done
}

func (w *watch) readAll() {
	for more := true; more; {
		w.read()
		w.reading.Lock()
		close(w.running)
		w.running, w.next = w.next, nil
		more = w.running != nil
		w.reading.Unlock()
	}
}

// look reads the files, and waits for that.
func (w *watch) look(ctx context.Context) error {
	select {
	case <-w.begin():
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-w.ended.Done():
		return errEnded
	}
}

var errEnded = errors.New("the pool has ended")

func (w *watch) read() {
	if w.ended.Err() != nil {
		return
	}
	contract := w.source.contract
	// The CA first: whoever is told of new credentials opens connections.
	if file := w.source.caFile; file != "" {
		found, err := readCA(file, w.trusted())
		w.report(file, err)
		if err == nil {
			w.mu.Lock()
			w.ca = found
			w.mu.Unlock()
		}
	}
	read, err := readCredentials(contract.CredentialsFile, contract.Format, w.source.parse)
	w.report(contract.CredentialsFile, err)
	if err == nil {
		w.take(read)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lookedAt = time.Now()
	w.slow = false
	if w.current != nil && (w.source.caFile == "" || w.ca != nil) {
		select {
		case <-w.complete:
		default:
			close(w.complete)
		}
	}
}

func (w *watch) take(read Credentials) {
	w.mu.Lock()
	before := w.current
	if before != nil && before.credentials == read {
		w.mu.Unlock()
		return
	}
	w.settle(unknown)
	w.current = &generation{1, read}
	if before != nil {
		w.current.number = before.number + 1
		w.rotatedAt = time.Now()
		w.verdict, w.judged = pending, make(chan struct{})
	}
	w.remembered = append(w.remembered, w.current)
	if len(w.remembered) > mostRemembered {
		w.remembered = append([]*generation{}, w.remembered[1:]...)
	}
	current := w.current
	w.mu.Unlock()
	if before != nil {
		w.source.rotated(current)
	}
}

// report tells of trouble once per kind of it, and forgets it where there is none.
func (w *watch) report(file string, err error) {
	w.mu.Lock()
	trouble, _ := as[*CredentialsError](err)
	before := w.told[file]
	if trouble == nil {
		delete(w.told, file)
		w.mu.Unlock()
		return
	}
	w.told[file] = trouble
	told := before != nil && before.Reason == trouble.Reason
	if !told {
		w.troubles++
	}
	w.mu.Unlock()
	if !told {
		w.source.trouble(trouble)
	}
}

// first waits until there is everything that a connection needs, and looks itself where nobody has for long.
func (w *watch) first(ctx context.Context, timeout time.Duration) error {
	select {
	case <-w.complete:
		w.refresh(ctx)
		return nil
	default:
	}
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	for {
		select {
		case <-w.complete:
			return nil
		case <-w.ended.Done():
			return errEnded
		case <-limited.Done():
			if ctx.Err() != nil {
				return errors.Join(context.Cause(ctx), w.unread())
			}
			return w.unread()
		case <-time.After(lookAgainAfter):
			w.begin()
		}
	}
}

// refresh looks where nobody has for longer than there should be: the process was stopped, or had no time.
func (w *watch) refresh(ctx context.Context) {
	w.mu.Lock()
	stale := !w.slow && time.Since(w.lookedAt) > 3*pollEvery
	w.mu.Unlock()
	if !stale {
		return
	}
	limited, cancel := context.WithTimeout(ctx, lookAtMost)
	defer cancel()
	if w.look(limited) != nil {
		w.mu.Lock()
		w.slow = true
		w.mu.Unlock()
	}
}

// whole looks, and where a file cannot be used looks again: who replaces it may be at it.
func (w *watch) whole(ctx context.Context) {
	for w.look(ctx) == nil && w.inTrouble() {
		select {
		case <-time.After(lookAgainAfter):
		case <-ctx.Done():
			return
		}
	}
}

func (w *watch) inTrouble() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.told) > 0
}

// unread is what is wrong with the files; no reading may have ended.
func (w *watch) unread() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []error
	for _, file := range []string{w.source.caFile, w.source.contract.CredentialsFile} {
		if trouble := w.told[file]; trouble != nil {
			all = append(all, trouble)
		}
	}
	if len(all) > 0 {
		return errors.Join(all...)
	}
	return &CredentialsError{w.source.contract.CredentialsFile, Unreadable, credentialsFile, "no reading of it has ended in time"}
}

func (w *watch) troubleOf(file string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if trouble := w.told[file]; trouble != nil {
		return trouble
	}
	return nil
}

func (w *watch) trusted() *ca {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ca
}

func (w *watch) newest() *generation {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.current
}

// number is the how manieth credentials are the newest; 0 before the first ones.
func (w *watch) number() int {
	if current := w.newest(); current != nil {
		return current.number
	}
	return 0
}

// usable is what the next connection is opened with: the newest credentials, or those before for as long as the newest ones
// are refused. A file may be written before its user can log in everywhere, and the user before lives on.
func (w *watch) usable(ctx context.Context) *generation {
	w.mu.Lock()
	judged, wait := w.judged, w.verdict == pending && w.proven != nil
	w.mu.Unlock()
	if wait {
		select {
		case <-judged:
		case <-ctx.Done():
		case <-time.After(verdictWithin):
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.proven != nil && (w.verdict == pending || w.verdict == refused) {
		return w.proven
	}
	return w.current
}

// everAccepted says whether PostgreSQL has accepted any of them.
func (w *watch) everAccepted() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.proven != nil
}

// settle says what is known of the newest credentials. The lock is held.
func (w *watch) settle(is verdict) {
	if w.verdict == pending {
		close(w.judged)
	}
	w.verdict = is
}

// judge says how a login with some credentials has ended.
func (w *watch) judge(made *generation, is verdict) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if made == nil {
		return
	}
	if made == w.current && (is != unknown || w.verdict == pending) {
		w.settle(is)
	}
	if is == accepted && (w.proven == nil || made.number >= w.proven.number) {
		w.proven = made
	}
	if is == refused && made == w.proven {
		w.proven = nil
	}
}

func (w *watch) verdictOf(made *generation) verdict {
	w.mu.Lock()
	defer w.mu.Unlock()
	if made != w.current {
		return unknown
	}
	return w.verdict
}

// find gives the credentials that a login was made with; nothing where they are long gone.
func (w *watch) find(user, password string) *generation {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := len(w.remembered) - 1; i >= 0; i-- {
		if each := w.remembered[i]; each.credentials.User == user && string(each.credentials.Password) == password {
			return each
		}
	}
	return nil
}

// doubt forgets that the newest credentials were accepted, until somebody logs in with them.
func (w *watch) doubt() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.verdict == accepted {
		w.verdict = unknown
	}
}
