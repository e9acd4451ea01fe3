package leasehold

import (
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Rotation says that a new user has come into use.
type Rotation struct {
	// Generation is the how manieth credentials these are.
	Generation int
	// Old is how many connections of older users are open; they are closed when they have a successor and nobody uses them.
	Old int
}

// Overstay says that connections of an old user are still open though it will soon be dropped.
type Overstay struct {
	Connections int
	// Left is how long it may be until the old user is dropped.
	Left time.Duration
}

// Hooks are what an application may want to count or to do; nothing that they are told is secret. Each call has a goroutine
// of its own. A panic in one is logged, and changes nothing else.
type Hooks struct {
	OnRotation func(Rotation)
	OnOverstay func(Overstay)
	// OnCredentialsError is told, once per kind of trouble, that a file cannot be used; what was read before stays in use.
	OnCredentialsError func(*CredentialsError)
}

// Option is something about a pool that differs from what the contract and this package do by themselves.
type Option func(*options)

type options struct {
	database           string
	document           []byte
	configure          []func(*pgxpool.Config)
	hooks              Hooks
	logger             *slog.Logger
	parse              Parser
	credentialsTimeout time.Duration
}

// WithDatabase names the database of the contract; it is needed where the contract has several.
func WithDatabase(name string) Option { return func(o *options) { o.database = name } }

// WithContract gives the contract itself, as JSON, in the place of what LEASEHOLD_CONTRACT names and of LEASEHOLD_*.
func WithContract(document []byte) Option { return func(o *options) { o.document = document } }

// WithPoolConfig changes the configuration that the contract has come to; it wins over the contract. Hooks of pgxpool that it
// sets (BeforeConnect, AfterConnect, PrepareConn, BeforeAcquire, AfterRelease, BeforeClose) are called beside this package's own, and
// a TLSConfig that it sets takes the place of the contract's. User and password are not to be set: they would never change.
func WithPoolConfig(configure func(*pgxpool.Config)) Option {
	return func(o *options) { o.configure = append(o.configure, configure) }
}

// WithHooks has an application told.
func WithHooks(hooks Hooks) Option { return func(o *options) { o.hooks = hooks } }

// WithLogger says where log lines go; to slog's default one otherwise.
func WithLogger(logger *slog.Logger) Option { return func(o *options) { o.logger = logger } }

// WithParser reads the file where its format is custom.
func WithParser(parse Parser) Option { return func(o *options) { o.parse = parse } }

// WithCredentialsTimeout is how long a connection waits for files that are not there yet, and for a first user that has not yet come to
// a replica; 30 s otherwise.
func WithCredentialsTimeout(timeout time.Duration) Option {
	return func(o *options) { o.credentialsTimeout = timeout }
}

const defaultCredentialsTimeout = 30 * time.Second

func optionsOf(given []Option) options {
	o := options{logger: slog.Default(), credentialsTimeout: defaultCredentialsTimeout}
	for _, each := range given {
		each(&o)
	}
	return o
}

func (o options) contract() (Contract, error) {
	if o.document == nil {
		return ReadContract(o.database)
	}
	document, err := parseDocument("the contract", o.document)
	if err != nil {
		return Contract{}, err
	}
	return contractOf("the contract", document, o.database)
}
