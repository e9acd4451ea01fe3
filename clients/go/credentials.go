package leasehold

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"regexp"
	"strings"
)

// Secret is a text that is not printed, logged or marshalled.
type Secret string

const hidden = "[not shown]"

// Format prints that it is not shown, whatever the verb.
func (Secret) Format(state fmt.State, _ rune) { _, _ = state.Write([]byte(hidden)) }

// MarshalText gives that it is not shown; of it JSON and slog make theirs.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// Credentials are user and password of one read of the file.
type Credentials struct {
	User     string
	Password Secret
}

// Parser takes user and password out of a file of the format custom. What it says in an error is not told on: it may
// quote the file.
type Parser func(text string) (Credentials, error)

// Reason is what is wrong with a file.
type Reason string

const (
	// Missing is a file that is not there.
	Missing Reason = "missing"
	// Unreadable is a file that is not for this user, or no file.
	Unreadable Reason = "unreadable"
	// Malformed is a file that is not of its format, or cut short.
	Malformed Reason = "malformed"
)

// CredentialsError says that a file of credentials, or the CA file beside it, cannot be used as it is; the content is never
// part of it.
type CredentialsError struct {
	// File is its path.
	File   string
	Reason Reason
	what   string
	detail string
}

func (e *CredentialsError) Error() string {
	return fmt.Sprintf("the %s %s is %s: %s", e.what, e.File, e.Reason, e.detail)
}

const credentialsFile = "credentials file"

var advice = map[Reason]string{
	Unreadable: "it belongs to the user that the agent runs as, and the application has to run as the same",
	Malformed:  "it is no file of credentials",
}

// readCredentials reads the file once; the error is a [*CredentialsError].
func readCredentials(file, format string, custom Parser) (Credentials, error) {
	fail := func(reason Reason, detail string) (Credentials, error) {
		return Credentials{}, &CredentialsError{file, reason, credentialsFile, detail}
	}
	text, err := readSmallFile(file)
	if err != nil {
		if reason := reasonOf(err); reason != Missing {
			return fail(reason, err.Error()+"; "+advice[reason])
		}
		return fail(Missing, "the Vault agent writes it before the application starts")
	}
	read, err := parse(text, format, custom)
	if err != nil {
		// Whatever the parser says may quote the content.
		return fail(Malformed, "it is not of the format "+format)
	}
	if read.User == "" || read.Password == "" {
		return fail(Malformed, "it has no user or no password in the format "+format)
	}
	return read, nil
}

func reasonOf(err error) Reason {
	if errors.Is(err, fs.ErrNotExist) {
		return Missing
	}
	if _, ok := as[malformedError](err); ok {
		return Malformed
	}
	return Unreadable
}

var (
	envUser            = regexp.MustCompile(`(?m)^PGUSER='(.*)'\r?$`)
	envPassword        = regexp.MustCompile(`(?m)^PGPASSWORD='(.*)'\r?$`)
	propertiesUser     = regexp.MustCompile(`(?m)^username=(.*)$`)
	propertiesPassword = regexp.MustCompile(`(?m)^password=(.*)$`)
	errNoParser        = errors.New("the format custom needs a parser")
)

func parse(text, format string, custom Parser) (read Credentials, err error) {
	switch format {
	case "json":
		return parseJSON(text)
	case "env":
		return Credentials{line(text, envUser), Secret(line(text, envPassword))}, nil
	case "properties":
		return Credentials{line(text, propertiesUser), Secret(line(text, propertiesPassword))}, nil
	case "url":
		return parseURL(text)
	}
	defer func() {
		if recover() != nil {
			err = errNoParser
		}
	}()
	if custom == nil {
		return Credentials{}, errNoParser
	}
	return custom(text)
}

// parseJSON takes the keys as they are written: encoding/json finds the fields of a struct in any case.
func parseJSON(text string) (Credentials, error) {
	var document map[string]any
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		return Credentials{}, err
	}
	user, _ := document["username"].(string)
	password, _ := document["password"].(string)
	return Credentials{user, Secret(password)}, nil
}

func parseURL(text string) (Credentials, error) {
	parsed, err := url.Parse(strings.TrimSpace(text))
	if err != nil || parsed.User == nil {
		return Credentials{}, err
	}
	password, _ := parsed.User.Password()
	return Credentials{parsed.User.Username(), Secret(password)}, nil
}

func line(text string, pattern *regexp.Regexp) string {
	match := pattern.FindStringSubmatch(text)
	if match == nil {
		return ""
	}
	return strings.TrimSuffix(match[1], "\r")
}
