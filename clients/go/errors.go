package leasehold

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
)

// ErrDraining is what a pool answers that takes no new work.
var ErrDraining = errors.New("the pool is draining and takes no new work")

// TrustError says that the server is not the one that it should be, as far as its certificate shows.
type TrustError struct {
	// Host and Port of the server.
	Host   string
	Port   uint16
	advice string
	cause  error
}

func (e *TrustError) Error() string {
	return fmt.Sprintf("the server %s:%d is not trusted: %v; %s", e.Host, e.Port, e.cause, e.advice)
}

func (e *TrustError) Unwrap() error { return e.cause }

// endedCode is that of a session that PostgreSQL ends: where that was during the login, the user may just have been dropped.
const endedCode = "57P01"

// noRoomCode says that PostgreSQL, or a role in it, has as many sessions as it may have.
const noRoomCode = "53300"

// isRefusal says whether PostgreSQL has refused user or password.
func isRefusal(err error) bool {
	code := codeOf(err)
	return code == "28P01" || code == "28000"
}

func codeOf(err error) string {
	if refused, ok := as[*pgconn.PgError](err); ok {
		return refused.Code
	}
	return ""
}

// loginOf is the attempt to connect that has failed; nothing where it was not one.
func loginOf(err error) *pgconn.ConnectError {
	failed, _ := as[*pgconn.ConnectError](err)
	return failed
}

func isDistrust(err error) bool {
	_, ok := as[*tls.CertificateVerificationError](err)
	return ok
}

// adviceOn is what to do about a server that is not trusted.
func adviceOn(err error, file string, trouble error) string {
	if _, ok := as[x509.HostnameError](err); ok {
		return "its certificate must name the host of the contract"
	}
	what := "the roots of the system, as the contract names no CA file,"
	if file != "" {
		what = "the CA file " + file
	}
	if trouble != nil {
		return trouble.Error() + ", and what it held before is used"
	}
	if invalid, ok := as[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return "its certificate and those of " + what + " must be valid now"
	}
	return what + " must hold the CA that signed its certificate"
}

func as[E error](err error) (found E, ok bool) {
	ok = errors.As(err, &found)
	return found, ok
}
